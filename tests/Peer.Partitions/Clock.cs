using System.Diagnostics;

namespace Peers.Partitions;

/// <summary>The machine's monotonic clock, which the nodes stamp their lines with too. It goes on while a process is stopped.</summary>
public static class Clock
{
    /// <summary>Now, in ticks.</summary>
    public static long Now => Stopwatch.GetTimestamp();

    /// <summary>A span in ticks.</summary>
    public static long Ticks(TimeSpan span) => (long)(span.TotalSeconds * Stopwatch.Frequency);

    /// <summary>The seconds between two points.</summary>
    public static double Seconds(long from, long to) => (to - from) / (double)Stopwatch.Frequency;
}
