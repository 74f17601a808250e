namespace Peers.Partitions;

/// <summary>What the checker falsifies on its own side, to show that it finds it.</summary>
public enum Mutation
{
    /// <summary>Nothing.</summary>
    None,
    /// <summary>Some messages are not noted: they count as lost untold.</summary>
    Drop,
    /// <summary>Some messages are noted twice.</summary>
    Duplicate,
    /// <summary>Some messages are noted after the next.</summary>
    Swap,
    /// <summary>No gap is noted.</summary>
    HideGaps,
    /// <summary>Some messages that were received are noted as an exact gap too.</summary>
    FalseGap,
}
