using System.Diagnostics;

namespace Peers.Transports;

/// <summary>The write side of one connection: takes frames from any thread, keeps their order, and flushes them one batch at a time.</summary>
[DebuggerDisplay("{Owner}")]
internal sealed partial class PeerOutput(OutputEnvironment shared, IOutputOwner owner) : ISubscriber
{
    // More than this waiting is flushed before the turn ends; no batch handed to the transport is larger, so that what waits can still be dropped.
    private const int BatchSize = 64 * 1024;

    // So many published frames may wait under any limit.
    private const int MinFrames = 512;

    // Guarded by this object, which nobody else knows.
    private Outbox _outbox;
    private PeerTransport? _transport;
    private Turn? _corkedBy;
    private int _inFlight;
    private bool _isFlushing;
    private bool _isServed;
    private bool _isHandedOver;
    private bool _isSealed;
    private bool _isLost;
    private bool _isPressed;
    private bool _wasPressed;
    private List<DrainWaiter>? _waiters;
    private TaskCompletionSource? _finished;

    /// <summary>Whose output it is.</summary>
    public IOutputOwner Owner => owner;

    object ISubscriber.Owner => owner;

    /// <summary>Where the bytes go; null before <see cref="Attach"/>.</summary>
    public PeerTransport? Transport => Volatile.Read(ref _transport);

    /// <summary>Whether the last frame has been appended, or the connection is gone: nothing more is taken.</summary>
    public bool IsSealed => Volatile.Read(ref _isSealed);

    /// <summary>How many bytes wait, in full length whether shared or not, including those handed to the transport and not yet flushed.</summary>
    public long BufferedBytes
    {
        get { lock (this) return Buffered; }
    }

    /// <summary>Whether the remote end agreed to compression: published frames then go through <see cref="IOutputOwner.AppendForm"/>. Set before anything is appended.</summary>
    public bool TakesForms { get; set; }

    /// <summary>Who serves the connection; null where no thread does more than others.</summary>
    public IFlusher? Flusher => _transport?.Flusher;

    /// <summary>The next in the chain of outputs that are handed over. Whoever holds the chain alone.</summary>
    public PeerOutput? NextHandedOver { get; set; }

    /// <summary>How many wait for the drain.</summary>
    internal int WaiterCount
    {
        get { lock (this) return _waiters?.Count ?? 0; }
    }

    private int Buffered => _outbox.Length + _inFlight;

    /// <summary>Connects the transport. Called once, before anything is appended.</summary>
    public void Attach(PeerTransport transport)
    {
        lock (this) (_transport, _isServed) = (transport, transport.Flusher is not null);
    }

    /// <summary>Appends a frame of this peer's own. Called inside a turn.</summary>
    public AppendResult Append(OutputKind kind, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        lock (this)
        {
            if (_isSealed) return AppendResult.Closed;
            var length = header.Length + payload.Length;
            if (length > shared.Options.MaxBufferedBytes && kind is OutputKind.Direct or OutputKind.Item) return AppendResult.TooLong;
            if (!HasRoom(length, channel: null)) return Overflow(kind);
            _outbox.Append(header, payload);
            return Appended();
        }
    }

    /// <inheritdoc/>
    public void Deliver(SharedFrame frame)
    {
        if (frame.Count > 1)
        {
            if (TryAppendRow(frame)) return;
            foreach (var single in frame.Split()) Deliver(single);
            return;
        }

        var result = TakesForms ? owner.AppendForm(frame) : Append(frame);
        if (frame.IsCounted && result <= AppendResult.Backpressured) owner.Taken(frame);
        if (result is AppendResult.Overflow or AppendResult.TooLong) owner.Refused(result, frame.Length);
    }

    /// <summary>Appends a frame that was published to a channel. Called inside a turn.</summary>
    public AppendResult Append(SharedFrame frame)
    {
        lock (this)
        {
            if (_isSealed) return AppendResult.Closed;
            if (frame.Length > shared.Options.MaxBufferedBytes) return AppendResult.TooLong;
            if (!HasRoom(frame.Length, frame.Channel)) return Overflow(OutputKind.Published);
            _outbox.Append(frame);
            return Appended();
        }
    }

    // False where each message must stand for itself: limits, policies and compression are for messages.
    private bool TryAppendRow(SharedFrame row)
    {
        if (TakesForms && row.LongestPayload >= shared.Options.Compression.Threshold) return false;
        lock (this)
        {
            if (_isSealed) return true;
            if (!Fits(row.Length)) return false;
            _outbox.Append(row);
            Appended();
        }

        if (row.IsCounted) owner.Taken(row);
        return true;
    }

    /// <summary>Appends the close frame, after which nothing more is taken. Called inside a turn.</summary>
    /// <returns>False where one was appended already or the connection is gone.</returns>
    public bool AppendLast(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        lock (this)
        {
            if (_isSealed) return false;

            // A frame apart: what waits may fill its array to the last byte, and would move to one of twice the size.
            var frame = SharedFrame.Create("", header, payload);
            _outbox.Append(frame);
            frame.Release();
            _isSealed = true;
            Appended();
            return true;
        }
    }

    /// <summary>Hands what waits to the transport, unless that is going on already. Never throws.</summary>
    public void Flush() => Flush(isHandedOver: false);

    private void Flush(bool isHandedOver)
    {
        bool? isWritten;
        bool wasPressed;
        Exception? failure;
        lock (this)
        {
            _corkedBy = null;
            if (isHandedOver) _isHandedOver = false;
            (wasPressed, _wasPressed) = (_wasPressed, false);
            isWritten = TryBeginFlush(out failure);
        }

        if (isWritten == true) FlushBatches();
        else if (isWritten == false) EndBatch(isGone: true, failure);
        if (wasPressed) shared.Pressed();
    }

    /// <summary>Drops what waits and takes nothing more: the connection is gone.</summary>
    public void Lose()
    {
        lock (this)
        {
            _isSealed = _isLost = true;
            _outbox.Clear();
            if (_isFlushing) return;
            _inFlight = 0;
        }

        Settle();
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
            if (Buffered <= threshold) return new(true);
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

        if (Buffered <= shared.Options.DrainThreshold) return AppendResult.Queued;
        _wasPressed |= !_isPressed;
        _isPressed = true;
        return AppendResult.Backpressured;
    }

    private bool HasRoom(int length, string? channel)
    {
        if (Fits(length)) return true;
        if (shared.Options.SlowPeerPolicy == SlowPeerPolicy.KeepLatest && channel is not null)
        {
            while (_outbox.TryDropOldest(channel)) shared.MessageDropped();
        }

        if (shared.Options.SlowPeerPolicy is SlowPeerPolicy.DropOldest or SlowPeerPolicy.KeepLatest)
        {
            while (!Fits(length) && _outbox.TryDropOldest(channel: null)) shared.MessageDropped();
        }

        return Fits(length);
    }

    private bool Fits(int length) => (long)Buffered + length <= shared.Options.MaxBufferedBytes && _outbox.FrameCount < MaxFrames;

    // Very many very short frames would take far more memory than they are long.
    private int MaxFrames => Math.Max(shared.Options.MaxBufferedBytes / SharedFrame.Overhead, MinFrames);

    // What the remote end caused, replies and pongs, is never dropped: a peer that makes more of it than it reads is closed under every policy.
    private AppendResult Overflow(OutputKind kind)
    {
        if (kind == OutputKind.Item) return AppendResult.Dropped;
        if (shared.Options.SlowPeerPolicy == SlowPeerPolicy.Close || kind is OutputKind.Reply or OutputKind.Control) return AppendResult.Overflow;
        shared.MessageDropped();
        return AppendResult.Dropped;
    }

    private List<DrainWaiter>? TakeWaiters()
    {
        List<DrainWaiter>? done = null;
        _waiters!.RemoveAll(waiter =>
        {
            if (!_isLost && Buffered > waiter.Threshold) return false;
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

/// <summary>What a connection wants to know about its output. Called on any thread.</summary>
internal interface IOutputOwner
{
    /// <summary>Appends a published frame in the form that suits the remote end. Called inside a turn, under the channel's lock.</summary>
    AppendResult AppendForm(SharedFrame frame);

    /// <summary>A published frame, or a row of them, was taken. Called under the channel's lock: count, and do nothing else.</summary>
    void Taken(SharedFrame frame);

    /// <summary>A published message was not taken. Called under the channel's lock.</summary>
    void Refused(AppendResult result, int length);

    /// <summary>Little enough waits again.</summary>
    void OutputDrained();

    /// <summary>The transport can no longer be written to. Called once, under no lock.</summary>
    /// <param name="why">What the transport threw, or null where it only said so.</param>
    void OutputLost(Exception? why);
}

/// <summary>Why bytes are sent, which decides whether they may be dropped.</summary>
internal enum OutputKind
{
    /// <summary>Sent to this peer by the application.</summary>
    Direct,
    /// <summary>The answer to a message.</summary>
    Reply,
    /// <summary>An item of a stream, which waits until it fits.</summary>
    Item,
    /// <summary>A ping, pong or close frame.</summary>
    Control,
    /// <summary>Published to a channel.</summary>
    Published,
}

/// <summary>What became of a frame; the first four are <see cref="SendStatus"/>.</summary>
internal enum AppendResult
{
    Queued = SendStatus.Queued,
    Backpressured = SendStatus.Backpressured,
    Dropped = SendStatus.Dropped,
    Closed = SendStatus.Closed,

    /// <summary>More would wait than may: the peer is to be closed.</summary>
    Overflow,

    /// <summary>It would not fit even if nothing waited; no fault of the peer's.</summary>
    TooLong,
}
