namespace Peers;

/// <summary>Calls something again and again, at a period, until it is disposed; never twice at once.</summary>
/// <remarks>
/// The system's time has a thread for it. A timer would wake the thread pool, whose threads look for more work a hundred times before they sleep again: on the core that a busy
/// event loop has for itself. Any other clock's timers are used as they are.
/// </remarks>
internal sealed class Pulse : IDisposable
{
    private readonly Action _beat;
    private readonly ITimer? _timer;
    private readonly ManualResetEvent? _ended;
    private bool _isBeating;

    /// <summary>Begins.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="period">The time between the end of a call and the next, or between their beginnings where the clock is not the system's.</param>
    /// <param name="name">The thread's name, for those who look at threads.</param>
    /// <param name="beat">What is called. It does not throw.</param>
    public Pulse(TimeProvider time, TimeSpan period, string name, Action beat)
    {
        _beat = beat;
        if (time != TimeProvider.System)
        {
            _timer = time.CreateTimer(static pulse => ((Pulse)pulse!).BeatOnce(), this, period, period);
            return;
        }

        var ended = _ended = new(initialState: false);
        new Thread(() => BeatUntil(ended, period)) { Name = name, IsBackground = true }.UnsafeStart();
    }

    /// <summary>No call begins any more; one that is under way goes on.</summary>
    public void Dispose()
    {
        _timer?.Dispose();
        _ended?.Set();
    }

    private void BeatUntil(ManualResetEvent ended, TimeSpan period)
    {
        // Less than the clock's tick would be no wait at all, and more than it can hold an error.
        var milliseconds = (int)Math.Clamp(Math.Ceiling(period.TotalMilliseconds), 1, int.MaxValue);
        while (!ended.WaitOne(milliseconds))
        {
            _beat();
            CleanContext.Restore();
        }
    }

    // A timer calls again although the last call has not ended.
    private void BeatOnce()
    {
        if (Interlocked.Exchange(ref _isBeating, true)) return;
        try
        {
            _beat();
        }
        finally
        {
            Volatile.Write(ref _isBeating, false);
        }
    }
}
