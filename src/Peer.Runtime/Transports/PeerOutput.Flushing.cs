using System.Diagnostics.CodeAnalysis;
using FlushAwaiter = System.Runtime.CompilerServices.ConfiguredValueTaskAwaitable<System.IO.Pipelines.FlushResult>.ConfiguredValueTaskAwaiter;

namespace Peers.Transports;

// From the outbox to the transport, one batch at a time, and what follows when a batch has been flushed.
internal sealed partial class PeerOutput
{
    // Touched only by the thread that set _isFlushing. Created at the first flush that does not complete at once: most peers never have one.
    private PendingFlush? _pending;

    /// <summary>How far the client has got with reading, for a caller that compares two of these. Any difference is progress.</summary>
    /// <param name="progress">Bytes that were acknowledged, where the transport knows that, and bytes that were flushed.</param>
    /// <returns>Whether a write is pending.</returns>
    /// <param name="isOutstanding">Whether bytes that were written are still to be acknowledged; false where the transport does not know that.</param>
    public bool TryGetWriteProgress(out (long Acknowledged, int Flushed) progress, out bool isOutstanding)
    {
        bool isPending;
        lock (this) (isPending, progress) = (_isFlushing && !_isLost, (0, _flushedBytes));
        isOutstanding = false;
        if (_transport?.TryGetAcknowledged(out var acknowledged, out isOutstanding) == true) progress.Acknowledged = acknowledged;
        return isPending;
    }

    /// <summary>Ends the watch that <see cref="IOutputOwner.WritePending"/> began, unless a write is pending; the next that is calls it again.</summary>
    public bool TryEndWatch()
    {
        lock (this)
        {
            if (_isFlushing && !_isLost) return false;
            _isWatched = false;
            return true;
        }
    }

    /// <summary>Whether nothing waits to be written any more.</summary>
    public bool IsEmpty
    {
        get { lock (this) return !_isFlushing && _outbox.IsEmpty; }
    }

    private bool HasControl => _control is { IsEmpty: false };

    // False where there is nothing to do, or a flush is under way.
    private bool TryBeginFlush(out OutboxBatch batch)
    {
        batch = default;
        if (_isFlushing || _transport is null || _isLost || _outbox.IsEmpty) return false;
        _isFlushing = true;
        batch = TakeBatch();
        return true;
    }

    // Control frames go first, where no frame is divided. Nothing follows a close frame.
    private OutboxBatch TakeBatch()
    {
        var isAtFrameStart = _outbox.IsAtFrameStart;
        var batch = _outbox.Take(BatchSize);
        if (!HasControl) return batch;
        if (isAtFrameStart)
        {
            var before = batch.Bytes.Total;
            _control!.MoveTo(ref batch);
            _flow.Add(Cause.None, batch.Bytes.Total - before);
        }
        else if (_isSealed && _outbox.IsEmpty)
        {
            _control!.Clear();
        }

        return batch;
    }

    private void FlushBatches(OutboxBatch batch)
    {
        do
        {
            var bytes = batch.Bytes;
            if (!TryWrite(ref batch, out var flush, out var failure))
            {
                EndBatch(bytes, isGone: true, failure);
                return;
            }

            var isPending = !flush.IsCompleted;
            if (isPending) (_pending ??= new(this)).Wait(flush, bytes);
            shared.Written(bytes.Total);
            if (isPending)
            {
                Watch();
                return;
            }

            if (!EndBatch(flush, bytes)) return;
        }
        while (TryTakeNext(out batch));
    }

    // No foreign code, such as a listener of metrics, runs on this thread between write and flush: a transport may collect the bytes in memory of the thread.
    // False where either throws, as Kestrel's pipe does when the server has ended the output: the connection is gone.
    private bool TryWrite(ref OutboxBatch batch, out FlushAwaiter flush, [NotNullWhen(false)] out Exception? failure)
    {
        try
        {
            failure = null;
            batch.WriteTo(_transport!);
            flush = _transport!.FlushAsync().ConfigureAwait(false).GetAwaiter();
            return true;
        }
        catch (Exception exception)
        {
            (flush, failure) = (default, exception);
            return false;
        }
    }

    private void Watch()
    {
        lock (this)
        {
            if (_isWatched) return;
            _isWatched = true;
        }

        owner.WritePending();
    }

    private void Flushed(FlushAwaiter flush, ByteCounts bytes)
    {
        if (EndBatch(flush, bytes) && TryTakeNext(out var batch)) FlushBatches(batch);
    }

    private bool TryTakeNext(out OutboxBatch batch)
    {
        lock (this)
        {
            batch = _isLost ? default : TakeBatch();
            if (batch.Bytes.Total > 0) return true;
            _isFlushing = false;
        }

        // What waited has been dropped in between.
        Settle();
        return false;
    }

    private bool EndBatch(FlushAwaiter flush, ByteCounts bytes)
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
            // A transport reports in many ways that the connection is gone; all of them mean this.
            (isGone, failure) = (true, exception);
        }

        return EndBatch(bytes, isGone, failure);
    }

    // True where more waits: then the right to flush is kept.
    private bool EndBatch(ByteCounts bytes, bool isGone, Exception? failure)
    {
        bool isAwaited;
        bool hasMore;
        lock (this)
        {
            if (isGone) _isSealed = _isLost = true;
            if (_isLost) DropAll();
            else _flow.Remove(bytes);
            _flushedBytes = unchecked(_flushedBytes + bytes.Total);
            hasMore = !_isLost && (!_outbox.IsEmpty || HasControl);
            _isFlushing = hasMore;
            isAwaited = _isBackpressured || _flow.IsDispatchStopped || _waiters is not null || _finished is not null;
        }

        if (isGone) owner.OutputLost(failure);
        if (isAwaited) Settle();
        return hasMore;
    }

    // Notifies all who wait for what has just become true.
    private void Settle()
    {
        TaskCompletionSource? finished = null;
        List<DrainWaiter>? drained = null;
        bool isDrained;
        bool isResumed;
        bool isLost;
        lock (this)
        {
            isLost = _isLost;
            isDrained = _isBackpressured && !isLost && _flow.Total <= shared.Options.DrainThreshold;
            if (isDrained) _isBackpressured = false;
            isResumed = _flow.TryResumeDispatch(shared.Options, _isSealed);
            if (IsFinished) (finished, _finished) = (_finished, null);
            if (_waiters is not null) drained = TakeWaiters();
        }

        finished?.TrySetResult();
        foreach (var waiter in drained ?? []) waiter.TrySetResult(!isLost);
        if (isDrained) owner.OutputDrained();
        if (isResumed) owner.DispatchResumed();
    }

    /// <summary>A flush that has not completed at once; reused for the next.</summary>
    private sealed class PendingFlush
    {
        private readonly PeerOutput _output;
        private readonly Action _flushed;
        private FlushAwaiter _flush;
        private ByteCounts _bytes;

        public PendingFlush(PeerOutput output) => (_output, _flushed) = (output, Flushed);

        public void Wait(FlushAwaiter flush, ByteCounts bytes)
        {
            (_flush, _bytes) = (flush, bytes);
            flush.UnsafeOnCompleted(_flushed);
        }

        private void Flushed() => _output.Flushed(_flush, _bytes);
    }
}
