namespace Peers.Partitions;

/// <summary>One direction of a link: open, held, or slow. Safe from any thread.</summary>
internal sealed class LinkDirection
{
    private volatile TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public LinkDirection() => _open.SetResult();

    /// <summary>How long each piece is under way.</summary>
    public TimeSpan Delay { get; set; }

    public void Hold()
    {
        if (_open.Task.IsCompleted) _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public void Release() => _open.TrySetResult();

    /// <summary>Returns when a piece that was read at a point in time may be passed on.</summary>
    public async Task PassesAsync(long readAt)
    {
        await _open.Task;
        var left = Delay - TimeSpan.FromSeconds(Clock.Seconds(readAt, Clock.Now));
        if (left > TimeSpan.Zero) await Task.Delay(left);
        // A hold that began in between counts too.
        await _open.Task;
    }
}
