using Peers.Bench.Processes;

namespace Peers.Bench.Suites;

/// <summary>How long a suite takes, and what it does with what it found.</summary>
/// <param name="Rounds">How often each server has its turn.</param>
/// <param name="Seconds">How long a turn is counted.</param>
/// <param name="Warmup">How long the load runs before a turn is counted.</param>
/// <param name="Only">The only load that is measured, or null.</param>
/// <param name="Servers">The only servers that are measured, by their names in figures; all where there are none.</param>
/// <param name="IsQuick">Whether a first look is enough.</param>
/// <param name="Writes">Whether <c>docs/benchmarks.md</c> is updated.</param>
internal sealed record Settings(int Rounds, double Seconds, double Warmup, string? Only, IReadOnlyList<string> Servers, bool IsQuick, bool Writes)
{
    public static Settings Parse(Arguments arguments)
    {
        var isQuick = arguments.Has("--quick");
        return new(
            arguments.Number("--rounds", isQuick ? 3 : 7),
            arguments.Fraction("--seconds", isQuick ? 1 : 2),
            arguments.Fraction("--warmup", isQuick ? 0.3 : 0.5),
            arguments.Text("--only", "") is { Length: > 0 } only ? only : null,
            arguments.Text("--servers", "").Split(',', StringSplitOptions.RemoveEmptyEntries),
            isQuick,
            arguments.Has("--write"));
    }

    public bool Wants(string load) => Only is null || Only == load;

    public bool Wants(Contender contender) => Servers.Count == 0 || Servers.Contains(contender.Id, StringComparer.Ordinal);
}
