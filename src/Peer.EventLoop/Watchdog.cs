using System.Diagnostics;

namespace Peers;

/// <summary>Finds hooks that block: looks at every loop now and then, and names what one has been busy with for too long, once a time.</summary>
internal sealed class Watchdog : IDisposable
{
    private readonly EventLoop[] _loops;
    private readonly long[] _reported;
    private readonly TimeSpan _threshold;
    private readonly EventLoopLog _log;
    private readonly ITimer? _timer;

    public Watchdog(EventLoop[] loops, TimeSpan threshold, EventLoopLog log, TimeProvider time)
    {
        (_loops, _threshold, _log) = (loops, threshold, log);
        _reported = new long[loops.Length];
        if (threshold == Timeout.InfiniteTimeSpan) return;
        _timer = time.CreateTimer(static watchdog => ((Watchdog)watchdog!).Look(), this, threshold / 2, threshold / 2);
    }

    public void Dispose() => _timer?.Dispose();

    private void Look()
    {
        for (var i = 0; i < _loops.Length; i++)
        {
            if (_loops[i].Serving is not { Served: LoopConnection { Peer: { } peer } } serving || serving.Since == _reported[i]) continue;
            var busy = Stopwatch.GetElapsedTime(serving.Since);
            if (busy < _threshold) continue;
            _reported[i] = serving.Since;
            _log.Blocked(peer.Peer, peer.PendingHook ?? "none", (long)busy.TotalMilliseconds);
        }
    }
}
