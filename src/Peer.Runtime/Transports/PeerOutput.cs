using System.Diagnostics;

namespace Peers.Transports;

/// <summary>The write side of one connection: takes frames from any thread, keeps their order, and flushes them one batch at a time.</summary>
/// <remarks>What may wait is decided by <see cref="FlowControl"/>. No system call is made under the lock: a publisher that holds a channel's lock waits for copying at most.</remarks>
[DebuggerDisplay("{Owner}")]
internal sealed partial class PeerOutput(OutputEnvironment shared, IOutputOwner owner) : ISubscriber
{
    // More than this is flushed before the turn ends, and batches are about as large, so that published messages behind them can still be dropped.
    private const int BatchSize = 64 * 1024;

    // So many published frames may wait under any limit.
    private const int MinFrames = 512;

    // Guarded by this object, which is never exposed as a lock.
    private Outbox _outbox;
    private FlowControl _flow;
    private PeerTransport? _transport;
    private Turn? _corkedBy;
    private PendingControl? _control;
    private int _flushedBytes;
    private bool _isFlushing;
    private bool _isServed;
    private bool _isHandedOver;
    private bool _isSealed;
    private bool _isLost;
    private bool _isBackpressured;
    private bool _wasBackpressured;
    private bool _isWatched;
    private List<DrainWaiter>? _waiters;
    private TaskCompletionSource? _finished;

    /// <summary>The connection.</summary>
    public IOutputOwner Owner => owner;

    object ISubscriber.Owner => owner;

    /// <summary>Where the bytes go; null before <see cref="Attach"/>.</summary>
    public PeerTransport? Transport => Volatile.Read(ref _transport);

    /// <summary>Whether the close frame has been appended, or the connection is gone: nothing more is taken.</summary>
    public bool IsSealed => Volatile.Read(ref _isSealed);

    /// <summary>How many bytes wait, in full length whether shared or not, including those handed to the transport and not yet flushed.</summary>
    public long BufferedBytes
    {
        get { lock (this) return _flow.Total; }
    }

    /// <summary>Whether the remote end agreed to compression: published frames then go through <see cref="IOutputOwner.AppendForm"/>. Set before anything is appended.</summary>
    public bool TakesForms { get; set; }

    /// <summary>The thread that serves the connection; null where no thread does more than others.</summary>
    public IFlusher? Flusher => _transport?.Flusher;

    /// <summary>The next in a chain of outputs that another thread flushes. Only the holder of the chain uses it.</summary>
    public PeerOutput? NextHandedOver { get; set; }

    /// <summary>How many callers wait for the drain.</summary>
    internal int WaiterCount
    {
        get { lock (this) return _waiters?.Count ?? 0; }
    }

    /// <summary>Connects the transport. Called once, before anything is appended.</summary>
    public void Attach(PeerTransport transport)
    {
        lock (this) (_transport, _isServed) = (transport, transport.Flusher is not null);
    }

    /// <summary>Appends a frame for this peer alone. Called inside a turn.</summary>
    public AppendResult Append(OutputKind kind, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        lock (this)
        {
            if (_isSealed) return AppendResult.Closed;
            var length = header.Length + payload.Length;
            if (FlowControl.IsTooLong(kind, length, shared.Options)) return AppendResult.TooLong;
            if (!MakeRoom(kind, length, channel: null)) return Refuse(kind);
            _flow.Add(_outbox.Append(FlowControl.CauseOf(kind), header, payload), length);
            return Appended();
        }
    }

    /// <summary>Appends a ping or a pong, which no limit refuses. While a write is pending, it takes the place of the one before. Called inside a turn.</summary>
    /// <returns>False where nothing more is taken, or where the frame took the place of another.</returns>
    public bool AppendControl(bool isPong, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        lock (this)
        {
            if (_isSealed) return false;
            if (_isFlushing)
            {
                var control = _control ??= new();
                var isFirst = control.IsEmpty;
                control.Set(isPong, header, payload);
                return isFirst;
            }

            _flow.Add(_outbox.Append(Cause.None, header, payload), header.Length + payload.Length);
            Appended();
            return true;
        }
    }

    /// <inheritdoc/>
    public void Deliver(SharedFrame frame)
    {
        // What a hook publishes to its own peer is caused by that peer.
        var kind = Turn.OfThread.Causer == owner ? OutputKind.Own : OutputKind.Published;
        if (frame.Count > 1)
        {
            if (TryAppendRow(frame, kind)) return;
            foreach (var single in frame.Split()) Deliver(single, kind);
            return;
        }

        Deliver(frame, kind);
    }

    private void Deliver(SharedFrame frame, OutputKind kind)
    {
        var result = TakesForms ? owner.AppendForm(frame, kind) : Append(frame, kind);
        if (frame.IsCounted && result <= AppendResult.Backpressured) owner.Taken(frame);
        if (IsReported(kind, result)) owner.Refused(kind, result, frame.Length);
    }

    // What a policy drops is counted where it is dropped. A publish returns nothing: what a hook publishes to its own peer would otherwise be lost without a trace.
    private static bool IsReported(OutputKind kind, AppendResult result) =>
        result is AppendResult.Overflow or AppendResult.TooLong || (result == AppendResult.Dropped && kind == OutputKind.Own);

    /// <summary>Appends a frame that was published to a channel. Called inside a turn.</summary>
    public AppendResult Append(SharedFrame frame, OutputKind kind)
    {
        lock (this)
        {
            if (_isSealed) return AppendResult.Closed;
            if (FlowControl.IsTooLong(kind, frame.Length, shared.Options)) return AppendResult.TooLong;
            if (!MakeRoom(kind, frame.Length, frame.Channel)) return Refuse(kind);
            return AppendFrame(frame, FlowControl.CauseOf(kind));
        }
    }

    // False where each message must stand for itself: limits, policies and compression apply to messages.
    private bool TryAppendRow(SharedFrame row, OutputKind kind)
    {
        if (TakesForms && row.LongestPayload >= shared.Options.Compression.Threshold) return false;
        lock (this)
        {
            if (_isSealed) return true;
            if (!HasRoom(kind, row.Length, isShared: true)) return false;
            AppendFrame(row, FlowControl.CauseOf(kind));
        }

        if (row.IsCounted) owner.Taken(row);
        return true;
    }

    /// <summary>Appends the close frame, after which nothing more is taken. Called inside a turn.</summary>
    /// <returns>False where one was appended already or the connection is gone.</returns>
    public bool AppendLast(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        bool isResumed;
        lock (this)
        {
            if (_isSealed) return false;

            // A frame of its own: what waits may fill its array to the last byte, and would move to one of twice the size.
            var frame = SharedFrame.Create("", header, payload);
            AppendFrame(frame, Cause.None);
            frame.Release();
            _isSealed = true;
            isResumed = _flow.TryResumeDispatch(shared.Options, isSealed: true);
        }

        // The caller may hold the lock of a channel, under which no hook runs.
        if (isResumed) ThreadPool.UnsafeQueueUserWorkItem(static owner => owner.DispatchResumed(), owner, preferLocal: false);
        return true;
    }

    /// <summary>Whether so many own bytes wait that the peer's messages must not be dispatched; then <see cref="IOutputOwner.DispatchResumed"/> is called when that is over. Any thread.</summary>
    public bool StopsDispatch()
    {
        if (_flow.OwnBytes <= shared.Options.DrainThreshold) return false;
        lock (this) return !_isSealed && _flow.TryStopDispatch(shared.Options);
    }

    /// <summary>Hands what waits to the transport, unless a flush is under way. Never throws.</summary>
    public void Flush() => Flush(isHandedOver: false);

    private void Flush(bool isHandedOver)
    {
        OutboxBatch batch;
        bool hasBegun;
        bool wasBackpressured;
        lock (this)
        {
            _corkedBy = null;
            if (isHandedOver) _isHandedOver = false;
            (wasBackpressured, _wasBackpressured) = (_wasBackpressured, false);
            hasBegun = TryBeginFlush(out batch);
        }

        if (hasBegun) FlushBatches(batch);
        if (wasBackpressured) shared.Pressed();
    }

    /// <summary>Drops what waits and takes nothing more: the connection is gone. Called under no lock.</summary>
    /// <returns>Whether a flush is pending, which ends by itself or when the transport is aborted.</returns>
    public bool Lose()
    {
        bool isFlushing;
        lock (this)
        {
            _isSealed = _isLost = true;
            DropAll();
            isFlushing = _isFlushing;
        }

        Settle();
        return isFlushing;
    }

    /// <summary>Completes when everything up to the close frame was flushed, or the connection is gone.</summary>
    public Task WhenFinished()
    {
        lock (this)
        {
            if (IsFinished) return Task.CompletedTask;
            return (_finished ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Completes with true when no more than <paramref name="threshold"/> bytes wait, with false when the connection is gone.</summary>
    public ValueTask<bool> WaitForDrainAsync(long threshold, CancellationToken cancellation)
    {
        DrainWaiter waiter;
        lock (this)
        {
            if (_isLost) return new(false);
            if (_flow.Total <= threshold) return new(true);
            waiter = new DrainWaiter(threshold);
            (_waiters ??= []).Add(waiter);
        }

        return new(cancellation.CanBeCanceled ? WaitAsync(waiter, cancellation) : waiter.Task);
    }

    private async Task<bool> WaitAsync(DrainWaiter waiter, CancellationToken cancellation)
    {
        try
        {
            return await waiter.Task.WaitAsync(cancellation);
        }
        finally
        {
            lock (this) _waiters?.Remove(waiter);
        }
    }

    private bool IsFinished => _isSealed && !_isFlushing && _outbox.IsEmpty;

    private AppendResult AppendFrame(SharedFrame frame, Cause cause)
    {
        _outbox.Append(cause, frame);
        _flow.Add(cause, frame.Length);
        return Appended();
    }

    private AppendResult Appended()
    {
        var turn = Turn.OfThread;
        if (_corkedBy != turn)
        {
            _corkedBy = turn;
            if (_isServed) turn.CorkFor(_transport!.Flusher!, this);
            else turn.Cork(this);
        }

        if (_outbox.Length >= BatchSize && !_isFlushing) turn.MarkFull();

        if (_flow.Total <= shared.Options.DrainThreshold) return AppendResult.Queued;
        _wasBackpressured |= !_isBackpressured;
        _isBackpressured = true;
        return AppendResult.Backpressured;
    }

    // Drops published messages where the policy says so and that helps.
    private bool MakeRoom(OutputKind kind, int length, string? channel)
    {
        var isShared = channel is not null;
        if (HasRoom(kind, length, isShared)) return true;
        if (kind is not (OutputKind.Direct or OutputKind.Published)) return false;
        if (shared.Options.SlowPeerPolicy == SlowPeerPolicy.KeepLatest && channel is not null)
        {
            while (TryDropOldest(channel)) { }
        }

        if (shared.Options.SlowPeerPolicy is SlowPeerPolicy.DropOldest or SlowPeerPolicy.KeepLatest)
        {
            while (!HasRoom(kind, length, isShared) && TryDropOldest(channel: null)) { }
        }

        return HasRoom(kind, length, isShared);
    }

    private bool HasRoom(OutputKind kind, int length, bool isShared) =>
        _flow.Fits(kind, length, shared.Options) && (!isShared || _outbox.FrameCount < MaxFrames);

    private bool TryDropOldest(string? channel)
    {
        if (!_outbox.TryDropOldest(channel, out var dropped)) return false;
        _flow.Remove(dropped);
        shared.MessageDropped();
        return true;
    }

    // Very many very short frames would take far more memory than they are long.
    private int MaxFrames => Math.Max(shared.Options.MaxBufferedBytes / SharedFrame.Overhead, MinFrames);

    // Only what others publish can close a peer, and only under the policy that says so.
    private AppendResult Refuse(OutputKind kind)
    {
        if (kind == OutputKind.Published && shared.Options.SlowPeerPolicy == SlowPeerPolicy.Close) return AppendResult.Overflow;
        if (kind is OutputKind.Published or OutputKind.Direct) shared.MessageDropped();
        return AppendResult.Dropped;
    }

    private void DropAll()
    {
        _outbox.Clear();
        _control?.Clear();
        _flow.Clear();
    }

    private List<DrainWaiter>? TakeWaiters()
    {
        List<DrainWaiter>? done = null;
        _waiters!.RemoveAll(waiter =>
        {
            if (!_isLost && _flow.Total > waiter.Threshold) return false;
            (done ??= []).Add(waiter);
            return true;
        });
        if (_waiters.Count == 0) _waiters = null;
        return done;
    }

    private sealed class DrainWaiter(long threshold) : TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public long Threshold { get; } = threshold;
    }
}

/// <summary>What an output calls on its connection. Any thread.</summary>
internal interface IOutputOwner
{
    /// <summary>Appends a published frame in the form that suits the remote end. Called inside a turn, under the channel's lock.</summary>
    AppendResult AppendForm(SharedFrame frame, OutputKind kind);

    /// <summary>A published frame, or a batch of them, was queued. Called under the channel's lock: count, and do nothing else.</summary>
    void Taken(SharedFrame frame);

    /// <summary>A published message was refused. Called under the channel's lock.</summary>
    void Refused(OutputKind kind, AppendResult result, int length);

    /// <summary>No more than the drain threshold waits again. Called under no lock.</summary>
    void OutputDrained();

    /// <summary>Few enough own bytes wait again that messages may be dispatched, or nothing more is taken anyway. Called under no lock.</summary>
    void DispatchResumed();

    /// <summary>A write has not completed at once: the heartbeat has to see whether the client reads. Called under no lock.</summary>
    void WritePending();

    /// <summary>The transport can no longer be written to. Called once, under no lock.</summary>
    /// <param name="why">What the transport threw, or null where it only reported the end.</param>
    void OutputLost(Exception? why);
}

/// <summary>Why bytes are sent, which decides the limits that apply to them: see <see cref="FlowControl"/>.</summary>
internal enum OutputKind
{
    /// <summary>Caused by the peer: a reply, or what its own hook sends or publishes to it.</summary>
    Own,
    /// <summary>The end of a request, <c>$error</c> or <c>$end</c>: short, caused by the peer, and never refused.</summary>
    Status,
    /// <summary>An item of a stream, which waits until it fits.</summary>
    Item,
    /// <summary>A ping, pong or close frame.</summary>
    Control,
    /// <summary>Sent to this peer from outside its hooks.</summary>
    Direct,
    /// <summary>Published to a channel by others.</summary>
    Published,
}

/// <summary>What became of a frame; the first four are <see cref="SendStatus"/>.</summary>
internal enum AppendResult
{
    Queued = SendStatus.Queued,
    Backpressured = SendStatus.Backpressured,
    Dropped = SendStatus.Dropped,
    Closed = SendStatus.Closed,

    /// <summary>A published message does not fit: the peer is to be closed.</summary>
    Overflow,

    /// <summary>It would not fit even if nothing waited.</summary>
    TooLong,
}
