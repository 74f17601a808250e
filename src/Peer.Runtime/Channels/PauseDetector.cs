namespace Peers.Channels;

/// <summary>Notices that this process did not run: it was stopped, its machine was suspended, or a collection took long. Heartbeat only.</summary>
/// <remarks>
/// Whatever arrived during a pause is read after it, and no sooner than the heartbeat runs. All deadlines for other nodes therefore begin again: what is queued is read before anything is judged as missing.
/// </remarks>
internal sealed class PauseDetector(TimeProvider time)
{
    // The heartbeat runs every 200 ms.
    private static readonly TimeSpan s_limit = TimeSpan.FromMilliseconds(500);

    private long? _lastBeat;
    private long? _resumedAt;

    /// <summary>The heartbeat runs.</summary>
    public void Beat(long now)
    {
        if (_lastBeat is { } last && time.GetElapsedTime(last, now) > s_limit) _resumedAt = now;
        _lastBeat = now;
    }

    /// <summary>Whether this process has run without a pause for so long.</summary>
    public bool HasRunFor(TimeSpan span, long now) => _resumedAt is not { } resumed || time.GetElapsedTime(resumed, now) >= span;
}
