namespace Peers.Partitions;

/// <summary>One subscriber, from its connection to the end of it: what it joined, received and was told. Guarded by its <see cref="Journal"/>.</summary>
public sealed class Subscriber
{
    internal Subscriber(string name, uint node, IReadOnlyCollection<string> channels) => (Name, Node, AskedFor) = (name, node, [.. channels]);

    /// <summary>What the report calls it.</summary>
    public string Name { get; }

    /// <summary>The node that serves it.</summary>
    public uint Node { get; }

    /// <summary>The channels that it asked to join.</summary>
    internal HashSet<string> AskedFor { get; }

    /// <summary>When its node had subscribed it to a channel.</summary>
    internal Dictionary<string, long> JoinedAt { get; } = [];

    internal Dictionary<(uint Node, string Channel), ReceivedStream> Streams { get; } = [];

    internal List<Gap> Gaps { get; } = [];

    /// <summary>When its connection ended; null while it stands.</summary>
    internal long? EndedAt { get; set; }

    internal List<Breach> Breaches { get; } = [];
}

/// <summary>What a subscriber received of one node in one channel.</summary>
internal sealed class ReceivedStream
{
    /// <summary>Each number, and when it was received.</summary>
    public Dictionary<long, long> Numbers { get; } = [];

    /// <summary>The highest number so far.</summary>
    public long Highest { get; set; }

    /// <summary>When the first message was received.</summary>
    public long FirstAt { get; set; }
}
