using System.Diagnostics;
using Peers.Transports;

namespace Peers;

// Outputs of this loop's peers that other threads appended to: flushed here, so that who publishes to many does not send to all of them.
internal sealed partial class EventLoop : IFlusher
{
    // Serving one connection takes less where no hook blocks.
    private const long HeldUpMilliseconds = 10;
    private const int FlushedAtATime = 64;

    private readonly HandedOver _handedOver = new();

    /// <inheritdoc/>
    public bool IsHeldUp
    {
        get
        {
            var since = Volatile.Read(ref _servingSince);
            return since > 0 && Stopwatch.GetElapsedTime(since).TotalMilliseconds >= HeldUpMilliseconds;
        }
    }

    /// <inheritdoc/>
    public void HandOver(OutputChain outputs)
    {
        _handedOver.Add(outputs);
        WakeOnce();
    }

    /// <inheritdoc/>
    public void Relieve()
    {
        if (!_handedOver.IsEmpty) ThreadPool.UnsafeQueueUserWorkItem(static loop => loop.FlushElsewhere(), this, preferLocal: false);
    }

    // A flush may run a drain hook: that it holds the loop up is seen from outside.
    private void FlushHandedOver()
    {
        if (_handedOver.IsEmpty) return;
        TryFlushAll(isHere: true);
        EndServing();
    }

    private void FlushElsewhere() => TryFlushAll(isHere: false);

    private void TryFlushAll(bool isHere)
    {
        try
        {
            using var turn = Turn.Enter();
            var flushed = 0;
            for (var output = _handedOver.Take(); output is not null; flushed++)
            {
                if (isHere && flushed % FlushedAtATime == 0) BeginServing(pollable: null);
                TryFlushNext(ref output);
            }
        }
        catch (Exception exception)
        {
            _log.Failed(exception);
        }
    }

    // One that fails keeps nobody from the next.
    private void TryFlushNext(ref PeerOutput? output)
    {
        try
        {
            HandedOver.FlushNext(ref output);
        }
        catch (Exception exception)
        {
            _log.Failed(exception);
        }
    }
}
