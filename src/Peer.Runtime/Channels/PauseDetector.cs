namespace Peers.Channels;

/// <summary>
/// Notices that this process did not run: it was stopped, its machine was suspended, or a collection took long. Heartbeat only.
/// </summary>
/// <remarks>
/// Whatever arrived during a pause is read after it, and no sooner than the heartbeat runs. All deadlines for other nodes
/// therefore begin again: what is queued is read before anything is judged as missing.
/// A heartbeat that is late every time is no pause but a slow process; then deadlines run on, more slowly.
/// </remarks>
internal sealed class PauseDetector(TimeProvider time)
{
    // The heartbeat runs every 200 ms.
    private static readonly TimeSpan s_limit = TimeSpan.FromMilliseconds(500);

    private long? _lastBeat;
    private bool _wasLate;
    private TimeSpan? _ran;

    /// <summary>The heartbeat runs.</summary>
    public void Beat(long now)
    {
        var elapsed = _lastBeat is { } last ? time.GetElapsedTime(last, now) : TimeSpan.Zero;
        _lastBeat = now;
        if (elapsed == TimeSpan.Zero) return;

        var isLate = elapsed > s_limit;
        if (isLate && !_wasLate) _ran = TimeSpan.Zero;
        else if (_ran is not null) _ran += isLate ? s_limit : elapsed;
        _wasLate = isLate;
    }

    /// <summary>Whether this process has run for so long since its last pause.</summary>
    public bool HasRunFor(TimeSpan span) => _ran is not { } ran || ran >= span;
}
