using System.Diagnostics;

namespace Peers.Bench.Load;

/// <summary>How often something took how long, to the microsecond, up to a second.</summary>
internal sealed class Histogram
{
    private readonly int[] _counts = new int[1_000_001];
    private long _total;

    /// <summary>Counts a duration in ticks of <see cref="Stopwatch"/>.</summary>
    public void Add(long ticks)
    {
        var microseconds = ticks * 1_000_000 / Stopwatch.Frequency;
        _counts[Math.Clamp(microseconds, 0, _counts.Length - 1)]++;
        _total++;
    }

    /// <summary>What this share of all durations did not exceed.</summary>
    public double Microseconds(double share)
    {
        var left = (long)(_total * share);
        var i = 0;
        while (i < _counts.Length - 1 && (left -= _counts[i]) >= 0) i++;
        return i;
    }
}
