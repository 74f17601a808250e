using FlushAwaiter = System.Runtime.CompilerServices.ConfiguredValueTaskAwaitable<System.IO.Pipelines.FlushResult>.ConfiguredValueTaskAwaiter;

namespace Peers.Transports;

// What waits, to the transport: one batch at a time, and whoever waited for that is told.
internal sealed partial class PeerOutput
{
    // Touched only by whoever set _isFlushing. What waits for a flush is made at the first that has to be waited for: most peers never have one.
    private PendingFlush? _pending;
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
        FlushAwaiter flush;
        do
        {
            var written = _inFlight;
            if (!TryFlush(out flush))
            {
                EndBatch(isGone: true);
                return;
            }

            var isPending = !flush.IsCompleted;
            if (isPending) (_pending ??= new(this)).Wait(flush);
            owner.Written(written);
            if (isPending) return;
        }
        while (EndBatch(IsGone(flush)) && TryWriteNextBatch());
    }

    // False where FlushAsync itself throws: the connection is gone, as after a flush that failed.
    private bool TryFlush(out FlushAwaiter flush)
    {
        try
        {
            flush = _transport!.FlushAsync().ConfigureAwait(false).GetAwaiter();
            return true;
        }
        catch (Exception exception)
        {
            (flush, _failure) = (default, exception);
            return false;
        }
    }

    private void Flushed(FlushAwaiter flush)
    {
        if (EndBatch(IsGone(flush)) && TryWriteNextBatch()) FlushBatches();
    }

    // Nothing of anyone else's, such as a listener of metrics, runs on this thread between a batch and its flush: a transport may gather what it is given in memory of the thread.
    private bool TryWriteNextBatch()
    {
        bool isWritten;
        lock (this) isWritten = TryWriteBatch();
        if (!isWritten) EndBatch(isGone: true);
        return isWritten;
    }

    private bool IsGone(FlushAwaiter flush)
    {
        try
        {
            var result = flush.GetResult();
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

    /// <summary>A flush that has to be waited for; used again by the next.</summary>
    private sealed class PendingFlush
    {
        private readonly PeerOutput _output;
        private readonly Action _flushed;
        private FlushAwaiter _flush;

        public PendingFlush(PeerOutput output) => (_output, _flushed) = (output, Flushed);

        public void Wait(FlushAwaiter flush)
        {
            _flush = flush;
            flush.UnsafeOnCompleted(_flushed);
        }

        private void Flushed() => _output.Flushed(_flush);
    }
}
