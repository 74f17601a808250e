namespace Peers.Partitions;

/// <summary>What became of the messages of a run.</summary>
/// <param name="Delivered">Messages that subscribers received.</param>
/// <param name="InGaps">Messages that were due, were not received and lie in a gap.</param>
/// <param name="Gaps">Gaps that subscribers were told of.</param>
/// <param name="ExactGaps">Those of them that name numbers.</param>
/// <param name="Breaches">What must not be.</param>
public sealed record AuditReport(long Delivered, long InGaps, long Gaps, long ExactGaps, IReadOnlyList<Breach> Breaches)
{
    /// <summary>How many messages a kind of breach concerns.</summary>
    public long Count(BreachKind kind) => Breaches.Where(breach => breach.Kind == kind).Sum(breach => (long)breach.Count);
}
