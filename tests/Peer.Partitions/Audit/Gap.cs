namespace Peers.Partitions;

/// <summary>A gap as a node told a subscriber of it.</summary>
/// <param name="At">When the node's hook ran.</param>
/// <param name="Channel">The channel.</param>
/// <param name="Cause">The node's word for the cause.</param>
/// <param name="Node">The publishing node; null for any.</param>
/// <param name="First">The first number that is missing; null for all.</param>
/// <param name="Last">The last number that is missing; null where that is not known, and then everything accepted up to <paramref name="At"/> may be missing.</param>
public sealed record Gap(long At, string Channel, string Cause, uint? Node, long? First, long? Last)
{
    /// <summary>Whether it names what is missing.</summary>
    public bool IsExact => Last is not null;

    /// <summary>Whether it accounts for a message that was not received.</summary>
    public bool Covers(uint node, long number, long acceptedAt)
    {
        if ((Node ?? node) != node || number < (First ?? number)) return false;
        return IsExact ? number <= Last : acceptedAt <= At;
    }
}
