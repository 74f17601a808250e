using System.Diagnostics;

namespace Peers;

/// <summary>Finds hooks that block: looks at every loop now and then, names what one has been busy with for too long, once a time, and has done for it what other threads handed over to it.</summary>
internal sealed class Watchdog : IDisposable
{
    private static readonly TimeSpan s_longestHandOver = TimeSpan.FromMilliseconds(100);

    private readonly EventLoop[] _loops;
    private readonly long[] _reported;
    private readonly TimeSpan _threshold;
    private readonly EventLoopLog _log;
    private readonly Pulse? _pulse;

    public Watchdog(EventLoop[] loops, TimeSpan threshold, EventLoopLog log, TimeProvider time)
    {
        (_loops, _threshold, _log) = (loops, threshold, log);
        _reported = new long[loops.Length];
        if (threshold == Timeout.InfiniteTimeSpan && loops.Length == 1) return;
        _pulse = new(time, PeriodFor(threshold, loops.Length), "Peer watchdog", Look);
    }

    public void Dispose() => _pulse?.Dispose();

    private static TimeSpan PeriodFor(TimeSpan threshold, int loops)
    {
        if (loops == 1) return threshold / 2;
        return threshold > TimeSpan.Zero && threshold / 2 < s_longestHandOver ? threshold / 2 : s_longestHandOver;
    }

    private void Look()
    {
        for (var i = 0; i < _loops.Length; i++)
        {
            if (_loops[i].IsHeldUp) _loops[i].Relieve();
            if (_threshold > TimeSpan.Zero) NameBlocked(i);
        }
    }

    private void NameBlocked(int loop)
    {
        if (_loops[loop].Serving is not { Served: LoopConnection { Peer: { } peer } } serving || serving.Since == _reported[loop]) return;
        var busy = Stopwatch.GetElapsedTime(serving.Since);
        if (busy < _threshold) return;
        _reported[loop] = serving.Since;
        _log.Blocked(peer.Peer, peer.PendingHook ?? "none", (long)busy.TotalMilliseconds);
    }
}
