namespace Peers.Partitions;

/// <summary>What a cluster did that it must not do.</summary>
public enum BreachKind
{
    /// <summary>A message that a subscriber should have received, and neither received nor found in a gap.</summary>
    Untold,
    /// <summary>A number that an exact gap named as missing, although the message was received or never published.</summary>
    FalseExact,
    /// <summary>A message that was received again.</summary>
    Duplicate,
    /// <summary>A message that was received after a later one of the same publisher and channel.</summary>
    Disordered,
    /// <summary>A message that was never published, or on a channel that the subscriber is not in.</summary>
    Foreign,
    /// <summary>A connection that ended although neither the checker nor the death of its node ended it.</summary>
    Closed,
    /// <summary>A subscriber that received nothing of a node after all faults had ended.</summary>
    Unsettled,
    /// <summary>The run itself failed: a process did not start, or a node did not answer.</summary>
    Failed,
}

/// <summary>One breach: who saw it, and of which messages.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Count">How many messages it concerns.</param>
/// <param name="Description">Subscriber, channel, publisher, numbers and times.</param>
public sealed record Breach(BreachKind Kind, int Count, string Description);
