using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Peers.Transports;

// What waits, to the transport: one batch at a time, and whoever waited for that is told.
internal sealed partial class PeerOutput
{
    // Touched only by whoever set _isFlushing.
    private ConfiguredValueTaskAwaitable<FlushResult>.ConfiguredValueTaskAwaiter _flush;
    private Action? _flushed;
    private Exception? _failure;

    // Null where there is nothing to do, or somebody does it already.
    private bool? TryBeginFlush()
    {
        if (_isFlushing || _transport is null || _isLost || _outbox.IsEmpty) return null;
        _isFlushing = true;
        return TryWriteBatch();
    }

    // False where the server below has ended the output on its own, as Kestrel does when the client ended its half.
    private bool TryWriteBatch()
    {
        try
        {
            _inFlight = _outbox.WriteTo(_transport!, BatchSize);
            return true;
        }
        catch (Exception exception)
        {
            _failure = exception;
            return false;
        }
    }

    private void FlushBatches()
    {
        do
        {
            var written = _inFlight;
            try
            {
                _flush = _transport!.FlushAsync().ConfigureAwait(false).GetAwaiter();
                if (!_flush.IsCompleted)
                {
                    _flush.UnsafeOnCompleted(_flushed ??= Flushed);
                    owner.Written(written);
                    return;
                }

                owner.Written(written);
            }
            catch (Exception exception)
            {
                // FlushAsync itself threw: the connection is gone, as after a flush that failed.
                _failure = exception;
                EndBatch(isGone: true);
                return;
            }
        }
        while (EndBatch(IsGone()) && TryWriteNextBatch());
    }

    private void Flushed()
    {
        if (EndBatch(IsGone()) && TryWriteNextBatch()) FlushBatches();
    }

    // Nothing of anyone else's, such as a listener of metrics, runs on this thread between a batch and its flush: a transport may gather what it is given in memory of the thread.
    private bool TryWriteNextBatch()
    {
        bool isWritten;
        lock (this) isWritten = TryWriteBatch();
        if (!isWritten) EndBatch(isGone: true);
        return isWritten;
    }

    private bool IsGone()
    {
        try
        {
            var result = _flush.GetResult();
            return result.IsCompleted || result.IsCanceled;
        }
        catch (Exception exception)
        {
            // A transport says in many ways that the connection is gone; all of them mean this.
            _failure = exception;
            return true;
        }
    }

    // True where more waits: then the right to flush is kept.
    private bool EndBatch(bool isGone)
    {
        bool isWaitedFor;
        bool hasMore;
        lock (this)
        {
            _inFlight = 0;
            hasMore = !isGone && !_isLost && !_outbox.IsEmpty;
            if (isGone) _isSealed = _isLost = true;
            if (_isLost) _outbox.Clear();
            _isFlushing = hasMore;
            isWaitedFor = _isPressed || _waiters is not null || _finished is not null;
        }

        if (isGone) owner.OutputLost(_failure);
        if (isWaitedFor) Settle();
        return hasMore;
    }

    // Tells everyone who waits for what has just become true.
    private void Settle()
    {
        TaskCompletionSource? finished = null;
        List<DrainWaiter>? drained = null;
        bool isRelieved;
        bool isLost;
        lock (this)
        {
            isLost = _isLost;
            isRelieved = _isPressed && !isLost && Buffered <= options.DrainThreshold;
            if (isRelieved) _isPressed = false;
            if (IsFinished) (finished, _finished) = (_finished, null);
            if (_waiters is not null) drained = TakeWaiters();
        }

        finished?.TrySetResult();
        foreach (var waiter in drained ?? []) waiter.TrySetResult(!isLost);
        if (isRelieved) owner.OutputDrained();
    }
}
