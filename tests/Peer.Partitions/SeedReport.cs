using System.Text;

namespace Peers.Partitions;

/// <summary>How the run of one seed ended.</summary>
/// <param name="Broker">The broker's kind.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Audit">What became of the messages.</param>
/// <param name="Timeline">What the checker did, and when.</param>
/// <param name="Outputs">What the nodes wrote.</param>
public sealed record SeedReport(string Broker, int Seed, double Seconds, AuditReport Audit, IReadOnlyList<string> Timeline, IReadOnlyList<(string Name, string Output)> Outputs)
{
    private const int ShownBreaches = 20;

    /// <summary>Whether nothing was wrong.</summary>
    public bool IsClean => Audit.Breaches.Count == 0;

    /// <summary>One line; where something was wrong, the breaches and the timeline after it.</summary>
    public override string ToString()
    {
        var text = new StringBuilder($"seed {Seed} over {Broker}: {Audit.Delivered:N0} delivered, {Audit.InGaps:N0} in {Audit.Gaps:N0} gaps ({Audit.ExactGaps:N0} exact), ");
        text.Append(IsClean ? "no breach" : string.Join(", ", Audit.Breaches.GroupBy(breach => breach.Kind).Select(group => $"{group.Sum(breach => breach.Count):N0} {group.Key}")));
        text.Append($", {Seconds:0.0} s");
        if (IsClean) return text.ToString();
        foreach (var breach in Audit.Breaches.Take(ShownBreaches)) text.Append($"\n  {breach.Kind}: {breach.Description}");
        if (Audit.Breaches.Count > ShownBreaches) text.Append($"\n  and {Audit.Breaches.Count - ShownBreaches} breaches more");
        foreach (var line in Timeline) text.Append($"\n  {line}");
        return text.ToString();
    }
}
