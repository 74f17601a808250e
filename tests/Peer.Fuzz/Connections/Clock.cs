namespace Peers.Fuzzing;

/// <summary>A clock that is moved by hand.</summary>
internal sealed class Clock : TimeProvider
{
    private readonly List<Timer> _timers = [];
    private long _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(_now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(callback, state);
        _timers.Add(timer);
        return timer;
    }

    /// <summary>Moves on, and rings each timer once.</summary>
    public void Advance(TimeSpan time)
    {
        _now += time.Ticks;
        foreach (var timer in _timers) timer.Ring();
    }

    private sealed class Timer(TimerCallback callback, object? state) : ITimer
    {
        private bool _isDisposed;

        public void Ring()
        {
            if (!_isDisposed) callback(state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => !_isDisposed;

        public void Dispose() => _isDisposed = true;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
