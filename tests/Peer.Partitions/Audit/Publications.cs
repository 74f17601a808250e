namespace Peers.Partitions;

/// <summary>What one node published to one channel. Its numbers run from 1 without holes.</summary>
internal sealed class Publications(uint node, string channel)
{
    public uint Node => node;

    public string Channel => channel;

    /// <summary>How many messages the node was asked to publish: it may have accepted more than it could still confirm.</summary>
    public long Requested { get; set; }

    /// <summary>What it confirmed, in order.</summary>
    public List<Publication> Accepted { get; } = [];
}

/// <summary>Some messages that a node accepted together.</summary>
/// <param name="At">A time just before it accepted them.</param>
/// <param name="First">The first number.</param>
/// <param name="Last">The last number.</param>
internal sealed record Publication(long At, long First, long Last);
