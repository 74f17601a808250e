namespace Peers;

/// <summary>Messages of a channel that were published on another node and did not come, or may not have. What <c>[OnGap]</c> receives.</summary>
/// <remarks>
/// Each node numbers what it publishes to a channel, from 1. Who needs to know what was in the gap asks whoever keeps it, such as a database: the backplane stores nothing.
/// </remarks>
/// <param name="Channel">The channel.</param>
/// <param name="Cause">How it came to that.</param>
public readonly record struct ChannelGap(string Channel, ChannelGapCause Cause)
{
    // The numbers behind it must fit into a line of the log too.
    private const int MaxLoggedName = 128;

    /// <summary>The node that published them; null where it can be any.</summary>
    public uint? Node { get; init; }

    /// <summary>The number of the first that is missing; null where that is not known.</summary>
    public long? First { get; init; }

    /// <summary>The number of the last that is missing; null where nobody knows how many there are, or whether any is.</summary>
    /// <remarks>A message that was too long for one piece has several numbers.</remarks>
    public long? Last { get; init; }

    /// <summary>Whether it is known what is missing. Otherwise everything up to now may be, or nothing.</summary>
    public bool IsExact => Last is not null;

    /// <summary>The channel, the node and the numbers, safe to log: control characters in the channel's name are replaced, and a long name is shortened.</summary>
    public override string ToString()
    {
        var channel = LogText.Clean(Channel ?? "", MaxLoggedName);
        var node = Node is { } number ? $"node {number:x8}" : "any node";
        return IsExact ? $"'{channel}': {First} to {Last} of {node} ({Cause})" : $"'{channel}': unknown, of {node} ({Cause})";
    }

    /// <summary>The two as one, where that says nothing less exact than they are apart.</summary>
    internal bool TryJoin(in ChannelGap next, out ChannelGap joined)
    {
        joined = this;
        if (Channel != next.Channel || Node != next.Node) return false;
        if (IsExact != next.IsExact) return false;
        if (!IsExact)
        {
            joined = Blur(next);
            return true;
        }

        if (next.First > Last + 1 || First > next.Last + 1) return false;
        joined = this with { First = Math.Min(First!.Value, next.First!.Value), Last = Math.Max(Last!.Value, next.Last!.Value) };
        return true;
    }

    /// <summary>One gap that contains both: exact where that is possible.</summary>
    internal ChannelGap Cover(in ChannelGap next) => TryJoin(next, out var joined) ? joined : Blur(next);

    /// <summary>The two as one of unknown extent: it begins where the first of them does, if that is known of both.</summary>
    internal ChannelGap Blur(in ChannelGap next) =>
        this with { First = First is { } one && next.First is { } other ? Math.Min(one, other) : null, Last = null };
}

/// <summary>Why messages of a channel are missing.</summary>
public enum ChannelGapCause
{
    /// <summary>They were lost on the way, or a queue of the node that published them was full.</summary>
    Lost,
    /// <summary>More came than this node could hand on: <see cref="BackplaneOptions.MaxIncomingBytes"/>.</summary>
    Dropped,
    /// <summary>This node's connection to the backplane was interrupted.</summary>
    Interrupted,
    /// <summary>The other node is gone without having said so, and what it published last may not have left it.</summary>
    NodeLost,
}
