namespace Peers.Bench.Suites;

/// <summary>How long a suite takes, and what it does with what it found.</summary>
/// <param name="Rounds">How often each server has its turn.</param>
/// <param name="Seconds">How long a turn is counted.</param>
/// <param name="Warmup">How long the load runs before a turn is counted.</param>
/// <param name="Only">The only load that is measured, or null.</param>
/// <param name="IsQuick">Whether a first look is enough.</param>
/// <param name="Writes">Whether <c>docs/benchmarks.md</c> is updated.</param>
internal sealed record Settings(int Rounds, double Seconds, double Warmup, string? Only, bool IsQuick, bool Writes)
{
    public static Settings Parse(Arguments arguments)
    {
        var isQuick = arguments.Has("--quick");
        return new(
            arguments.Number("--rounds", isQuick ? 3 : 7),
            arguments.Fraction("--seconds", isQuick ? 1 : 2),
            arguments.Fraction("--warmup", isQuick ? 0.3 : 0.5),
            arguments.Text("--only", "") is { Length: > 0 } only ? only : null,
            isQuick,
            arguments.Has("--write"));
    }

    public bool Wants(string load) => Only is null || Only == load;
}
