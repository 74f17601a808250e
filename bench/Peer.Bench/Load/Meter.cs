using System.Diagnostics;

namespace Peers.Bench.Load;

/// <summary>Measures from its making to <see cref="Stop"/>: the clock, both processors' time, the server's allocations.</summary>
internal sealed class Meter
{
    private readonly IReadOnlyList<int> _ports;
    private readonly long _counted;
    private readonly long _costOfAsking;
    private readonly ServerStats _server;
    private readonly TimeSpan _cpu;
    private readonly long _started;

    public Meter(IReadOnlyList<int> ports, long counted, long costOfAsking)
    {
        (_ports, _counted, _costOfAsking) = (ports, counted, costOfAsking);
        _server = ServerStats.Of(ports);
        _cpu = Environment.CpuUsage.TotalTime;
        _started = Stopwatch.GetTimestamp();
    }

    public LoadResult Stop(long counted)
    {
        var elapsed = Stopwatch.GetElapsedTime(_started);
        var cpu = Environment.CpuUsage.TotalTime - _cpu;
        var server = ServerStats.Of(_ports);
        var messages = counted - _counted;
        if (messages == 0) throw new InvalidOperationException("Not one message came back.");
        return new(
            messages,
            messages / elapsed.TotalSeconds,
            cpu / elapsed,
            (server.CpuMicroseconds - _server.CpuMicroseconds) / messages,
            Math.Max(0, server.Allocated - _server.Allocated - _costOfAsking) / (double)messages);
    }
}
