using System.Diagnostics.CodeAnalysis;
using FlushAwaiter = System.Runtime.CompilerServices.ConfiguredValueTaskAwaitable<System.IO.Pipelines.FlushResult>.ConfiguredValueTaskAwaiter;

namespace Peers.Transports;

// What waits, to the transport: one batch at a time, and whoever waited for that is told.
internal sealed partial class PeerOutput
{
    // Touched only by whoever set _isFlushing. What waits for a flush is made at the first that has to be waited for: most peers never have one.
    private PendingFlush? _pending;

    // Null where there is nothing to do, or somebody does it already.
    private bool? TryBeginFlush(out Exception? failure)
    {
        failure = null;
        if (_isFlushing || _transport is null || _isLost || _outbox.IsEmpty) return null;
        _isFlushing = true;
        return TryWriteBatch(out failure);
    }

    // False where the server below has ended the output on its own, as Kestrel does when the client ended its half.
    private bool TryWriteBatch([NotNullWhen(false)] out Exception? failure)
    {
        try
        {
            _inFlight = _outbox.WriteTo(_transport!, BatchSize);
            failure = null;
            return true;
        }
        catch (Exception exception)
        {
            failure = exception;
            return false;
        }
    }

    private void FlushBatches()
    {
        FlushAwaiter flush;
        do
        {
            var written = _inFlight;
            if (!TryFlush(out flush, out var failure))
            {
                EndBatch(isGone: true, failure);
                return;
            }

            var isPending = !flush.IsCompleted;
            if (isPending) (_pending ??= new(this)).Wait(flush);
            shared.Written(written);
            if (isPending) return;
        }
        while (EndBatch(flush) && TryWriteNextBatch());
    }

    // False where FlushAsync itself throws: the connection is gone, as after a flush that failed.
    private bool TryFlush(out FlushAwaiter flush, [NotNullWhen(false)] out Exception? failure)
    {
        try
        {
            failure = null;
            flush = _transport!.FlushAsync().ConfigureAwait(false).GetAwaiter();
            return true;
        }
        catch (Exception exception)
        {
            (flush, failure) = (default, exception);
            return false;
        }
    }

    private void Flushed(FlushAwaiter flush)
    {
        if (EndBatch(flush) && TryWriteNextBatch()) FlushBatches();
    }

    // Nothing of anyone else's, such as a listener of metrics, runs on this thread between a batch and its flush: a transport may gather what it is given in memory of the thread.
    private bool TryWriteNextBatch()
    {
        bool isWritten;
        Exception? failure;
        lock (this) isWritten = TryWriteBatch(out failure);
        if (!isWritten) EndBatch(isGone: true, failure);
        return isWritten;
    }

    private bool EndBatch(FlushAwaiter flush)
    {
        bool isGone;
        Exception? failure = null;
        try
        {
            var result = flush.GetResult();
            isGone = result.IsCompleted || result.IsCanceled;
        }
        catch (Exception exception)
        {
            // A transport says in many ways that the connection is gone; all of them mean this.
            (isGone, failure) = (true, exception);
        }

        return EndBatch(isGone, failure);
    }

    // True where more waits: then the right to flush is kept.
    private bool EndBatch(bool isGone, Exception? failure)
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

        if (isGone) owner.OutputLost(failure);
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
            isRelieved = _isPressed && !isLost && Buffered <= shared.Options.DrainThreshold;
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
