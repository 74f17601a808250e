namespace Peers;

/// <summary>How long one upgrade hook may take, and the token that tells it.</summary>
internal sealed class HandshakeClock : IDisposable
{
    private readonly CancellationTokenSource _cancellation = new();
    private CancellationTokenRegistration _aborted;
    private bool _isLinked;
    private readonly TaskCompletionSource _expired = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ITimer? _timer;

    /// <summary>Starts to count.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="limit">How long the hook may take, or <see cref="Timeout.InfiniteTimeSpan"/>.</param>
    public HandshakeClock(TimeProvider time, TimeSpan limit)
    {
        if (limit != Timeout.InfiniteTimeSpan) _timer = time.CreateTimer(static clock => ((HandshakeClock)clock!).Expire(), this, limit, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Cancelled when the time is over or the client gives up.</summary>
    /// <param name="aborted">Cancelled when the client gives up. A server makes it when it is asked for, and keeps it: it is not asked for hooks that do not look at this.</param>
    public CancellationToken Token(CancellationToken aborted)
    {
        lock (_cancellation)
        {
            // Not on this thread: what the hook registered may do anything.
            if (!_isLinked) _aborted = aborted.UnsafeRegister(static clock => _ = ((HandshakeClock)clock!)._cancellation.CancelAsync(), this);
            _isLinked = true;
            return _cancellation.Token;
        }
    }

    /// <summary>Waits for the hook, no longer than it may take.</summary>
    /// <returns>Whether it ended in time, in whatever way.</returns>
    public async ValueTask<bool> IsInTimeAsync(Task hook)
    {
        if (!hook.IsCompleted) await Task.WhenAny(hook, _expired.Task);
        return !_expired.Task.IsCompleted;
    }

    public void Dispose()
    {
        _aborted.Dispose();
        _timer?.Dispose();
    }

    private void Expire()
    {
        _expired.TrySetResult();
        _ = _cancellation.CancelAsync();
    }
}
