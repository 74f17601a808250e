using Microsoft.Extensions.Logging;

namespace Peers.Observability;

/// <summary>How many lines of one event may be written.</summary>
/// <remarks>Every event has a rate, whether or not a client can cause it, so that an event that is added later is limited too.</remarks>
/// <param name="PerSecond">In the long run.</param>
/// <param name="Burst">At once.</param>
internal readonly record struct LogRate(int PerSecond, int Burst)
{
    /// <summary>The rate of an event. It is listed in <c>docs/logs.md</c>.</summary>
    public static LogRate Of(int eventId, LogLevel level) => eventId switch
    {
        // A hook failed. The burst lets the application's own error be seen beside one that a client causes again and again.
        16 => new(PerSecond: 10, Burst: 100),

        // The backplane or the process lacks something, and every message or connection runs into it.
        >= 52 and <= 55 or 61 or >= 300 and <= 302 => new(PerSecond: 2, Burst: 2),
        202 => new(PerSecond: 1, Burst: 1),

        // Debug is off by default, and useful only while it shows every connection.
        _ => level <= LogLevel.Debug ? new(PerSecond: 1_000, Burst: 1_000) : new(PerSecond: 10, Burst: 10),
    };
}
