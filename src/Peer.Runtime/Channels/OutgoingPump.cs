using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace Peers.Channels;

/// <summary>Publishes what waits, on the thread pool: no publisher waits for the backplane.</summary>
internal sealed class OutgoingPump(OutgoingQueue queue, IBackplane backplane, Action<OutgoingChannel, Exception> failed) : IValueTaskSource
{
    // So many calls are under way at most.
    private const int Window = 512;

    private ManualResetValueTaskSourceCore<bool> _signal = new() { RunContinuationsAsynchronously = true };
    private volatile bool _isClosing;

    // Pump only.
    private readonly (OutgoingChannel Channel, ValueTask Task)[] _pending = new (OutgoingChannel, ValueTask)[Window];
    private int _pendingCount;

    /// <summary>Goes on where something waits. Called by whoever the queue told to, and by nobody else.</summary>
    public void Wake() => _signal.SetResult(true);

    /// <summary>Publishes until it is closed and nothing waits. Never faults.</summary>
    public async Task RunAsync()
    {
        while (true)
        {
            while (queue.TryTake(out var batch))
            {
                for (var next = 0; next < batch.Count;)
                {
                    next = PublishFrom(batch, next);
                    if (_pendingCount > 0) await WhenPublished();
                }

                queue.Return(batch);
            }

            if (_isClosing) return;
            await new ValueTask(this, _signal.Version);
        }
    }

    /// <summary>Lets <see cref="RunAsync"/> end when nothing waits any more.</summary>
    public void Close()
    {
        _isClosing = true;
        if (queue.TryWake()) Wake();
    }

    void IValueTaskSource.GetResult(short token)
    {
        _signal.GetResult(token);
        _signal.Reset();
    }

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _signal.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _signal.OnCompleted(continuation, state, token, flags);

    // Up to the end, or to as many as may be under way.
    private int PublishFrom(OutgoingBatch batch, int next)
    {
        while (next < batch.Count && _pendingCount < Window)
        {
            var (channel, message) = batch[next++];
            Publish(channel, message);
        }

        return next;
    }

    private void Publish(OutgoingChannel channel, ReadOnlyMemory<byte> message)
    {
        try
        {
            var task = backplane.PublishAsync(channel.WireName, message);
            if (task.IsCompleted) task.GetAwaiter().GetResult();
            else _pending[_pendingCount++] = (channel, task);
        }
        catch (Exception exception)
        {
            // Whatever it is, the message is lost at worst, and its number tells other nodes.
            failed(channel, exception);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WhenPublished()
    {
        for (var i = 0; i < _pendingCount; i++)
        {
            var (channel, task) = _pending[i];
            try
            {
                await task;
            }
            catch (Exception exception)
            {
                failed(channel, exception);
            }
        }

        Array.Clear(_pending, 0, _pendingCount);
        _pendingCount = 0;
    }
}
