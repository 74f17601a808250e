using System.Buffers;
using System.Runtime.CompilerServices;

namespace Peers;

/// <summary>
/// Runs one peer's hooks, one at a time and in order. While a hook awaits, what comes is kept; reading goes on until too much waits.
/// </summary>
internal sealed class HookQueue(PeerConnection connection) : IThreadPoolWorkItem
{
    // Guarded by this object, which nobody else knows. Whoever set _isBusy runs hooks until it is cleared or a hook suspends, which then holds it.
    private Backlog? _backlog;
    private bool _isBusy;
    private bool _isEnding;
    private volatile bool _isReaderReleased;
    private long _waitingBytes;

    // Read loop only: it set _isBusy and keeps it until its batch ends; and how much came while a hook had borrowed input, which may not go before that.
    private bool _isHeldByBatch;
    private long _heldBytes;

    // The hook that runs, and what it left when it suspended. Touched by whoever holds _isBusy; _isInputLent also read by the read loop.
    private HookKind _running;
    private Suspended? _suspended;
    private volatile bool _isInputLent;
    private volatile bool _isSuspended;

    /// <summary>Whether a hook that suspended uses the input it was given.</summary>
    public bool IsInputLent => _isInputLent;

    /// <summary>Whether a hook has been called and not ended, and runs or awaits on some thread.</summary>
    public bool IsSuspended => _isSuspended;

    /// <summary>Whether more waits than may, for hooks or behind the input that one has borrowed.</summary>
    public bool IsFull => !_isReaderReleased && (Volatile.Read(ref _waitingBytes) > MaxPendingBytes || (_isInputLent && _heldBytes > MaxPendingBytes));

    /// <summary>The name of the hook that is running or pending, for logs; null while none is.</summary>
    public string? PendingHook
    {
        get { lock (this) return _isBusy ? _running.ToString() : null; }
    }

    /// <summary>Begins a batch of so many bytes. Read loop only.</summary>
    public void BeginBatch(int bytes) => _heldBytes = _isInputLent ? _heldBytes + bytes : 0;

    /// <summary>Runs the hook for a message that the read loop has parsed, or enqueues a copy while another hook is pending or dispatch is stopped. Read loop only, inside a batch.</summary>
    /// <param name="call">The call. Its payload may lie in the input; it is copied where it has to wait.</param>
    public void Dispatch(HookCall call)
    {
        if (!MayDispatchNow())
        {
            Enqueue(call);
            return;
        }

        if (!_isHeldByBatch && !TryEnter(call)) return;
        _isHeldByBatch = Start(call, inInput: call.Rented is null);
    }

    /// <summary>Runs the messages that wait, because dispatch was stopped and no longer is. Any thread, under no lock, inside a turn.</summary>
    public void Resume()
    {
        lock (this)
        {
            if (_isBusy || _backlog is not { IsEmpty: false }) return;
            _isBusy = true;
        }

        RunWaiting();
    }

    /// <summary>Ends a batch: whatever came meanwhile runs.</summary>
    public void EndBatch()
    {
        if (!_isHeldByBatch) return;
        _isHeldByBatch = false;
        RunWaiting();
    }

    /// <summary>Runs a hook, or keeps the call until its turn. From any thread, inside a turn, outside a batch.</summary>
    public void Post(HookCall call)
    {
        if (TryEnter(call) && Start(call, inInput: false)) RunWaiting();
    }

    /// <summary>Posts the close hook; nothing that comes later runs.</summary>
    public void PostLast()
    {
        lock (this) _isEnding = true;
        Post(new HookCall(HookKind.Close));
        Resume();
    }

    /// <summary>As <see cref="Post"/>, but of several that wait only the latest runs.</summary>
    public void PostLatest(HookKind kind)
    {
        var call = new HookCall(kind);
        if (TryEnterLatest(call) && Start(call, inInput: false)) RunWaiting();
    }

    /// <summary>As <see cref="Dispatch"/>, but of several that wait only the latest runs.</summary>
    public void DispatchLatest(HookCall call)
    {
        if (!_isHeldByBatch && !TryEnterLatest(call)) return;
        _isHeldByBatch = Start(call, inInput: call.Rented is null);
    }

    /// <summary>Completes when little enough waits to read on.</summary>
    public Task WhenReadable()
    {
        lock (this)
        {
            if (!IsFull || _isReaderReleased) return Task.CompletedTask;
            return (Late.Readable ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Completes when no hook runs and none waits, which may be over again by the time that is seen.</summary>
    public Task WhenIdle()
    {
        lock (this)
        {
            if (!_isBusy && _backlog is not { IsEmpty: false }) return Task.CompletedTask;
            return (Late.Idle ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Lets the read loop go on however much waits, now and later: the connection is gone, or what is read from now on is discarded.</summary>
    public void ReleaseReader()
    {
        lock (this)
        {
            _isReaderReleased = true;
            _backlog?.Readable?.TrySetResult();
        }
    }

    // What comes while hooks are busy. Most peers never have any; who had some keeps it.
    private int MaxPendingBytes => connection.Options.MaxPendingBytes;

    private Backlog Late => _backlog ??= new();

    private bool TryEnter(in HookCall call)
    {
        lock (this)
        {
            if (_isEnding && call.Kind != HookKind.Close)
            {
                call.Return();
                return false;
            }

            if (!_isBusy && !HasToWait(call.Kind)) return _isBusy = true;
            Add(call);
            return false;
        }
    }

    // What waits already goes first. That is so without a hook being busy only where dispatch is stopped, which concerns messages alone.
    private bool HasToWait(HookKind kind) => kind is HookKind.Text or HookKind.Binary or HookKind.Close && _backlog is { HasCalls: true };

    // Under the lock.
    private void Add(in HookCall call)
    {
        var kept = call.Keep();
        Late.Add(kept);
        _waitingBytes += kept.Cost;
    }

    // False where the peer's own output has to drain first. What this thread has not flushed yet is no reason to wait.
    private bool MayDispatchNow()
    {
        if (!connection.StopsDispatch()) return true;
        Transports.Turn.OfThread.FlushEarly();
        return !connection.StopsDispatch();
    }

    // Dispatch may be resumed at any moment: whoever comes second, the resumption or this, runs the message.
    private void Enqueue(in HookCall call)
    {
        lock (this)
        {
            if (_isEnding)
            {
                call.Return();
                return;
            }

            Add(call);
        }

        if (_isHeldByBatch) EndBatch();
        else Resume();
    }

    private bool TryEnterLatest(in HookCall call)
    {
        lock (this)
        {
            if (!_isBusy && !_isEnding) return _isBusy = true;
            if (_isEnding) call.Return();
            else Late.SetLatest(call);
            return false;
        }
    }

    // True when the hook ended; false when it suspended, and holds the turn.
    private bool Start(in HookCall call, bool inInput)
    {
        var before = CleanContext.Enter(connection.Host.KeepsContext);
        var hasEnded = StartClean(call, inInput);
        CleanContext.Leave(before);
        return hasEnded;
    }

    private bool StartClean(in HookCall call, bool inInput)
    {
        ValueTask task;
        _running = call.Kind;
        Transports.Turn.OfThread.Causer = connection;
        var isObserved = connection.IsObserved;
        try
        {
            if (isObserved) connection.BeginWatch(call);
            task = connection.Call(call);
            if (task.IsCompleted)
            {
                task.GetAwaiter().GetResult();
                if (isObserved) connection.EndWatch();
                call.Return();
                return true;
            }

            if (isObserved) connection.LeaveWatch();
        }
        catch (Exception exception)
        {
            return Settle(call, FailAsync(call.Kind, exception), inInput);
        }

        // It may have ended meanwhile: what it threw is seen by whoever takes its result.
        Suspend(call, task, inInput);
        return false;
    }

    private bool Settle(in HookCall call, ValueTask task, bool inInput)
    {
        if (task.IsCompleted)
        {
            call.Return();
            return true;
        }

        Suspend(call, task, inInput);
        return false;
    }

    // Listeners of metrics and traces are foreign code that runs here too: what they throw must not leave the queue busy for ever.
    private ValueTask FailAsync(HookKind kind, Exception exception)
    {
        try
        {
            return connection.HookFailedAsync(kind, exception);
        }
        catch (Exception failure)
        {
            connection.Host.Log.HookFailed(failure, connection.Peer, connection.Handler.GetType().Name, kind.ToString());
            connection.Close(CloseCode.InternalError, "a hook failed");
            return default;
        }
    }

    private void Suspend(in HookCall call, ValueTask task, bool inInput)
    {
        // It goes on on any thread: what it published before comes first.
        Transports.Turn.OfThread.HandOutGathered();
        _isInputLent = inInput && connection.Borrows(call.Kind);
        _isSuspended = true;
        (_suspended ??= new(Ended)).Wait(call, task);
    }

    // The hook that had suspended has ended, on whatever thread that happened.
    private void Ended()
    {
        using var turn = Transports.Turn.Enter();
        if (TryEndPending()) RunWaiting();
    }

    private bool TryEndPending()
    {
        var suspended = _suspended!;
        try
        {
            connection.EnterWatch();
            suspended.GetResult();
            connection.EndWatch();
        }
        catch (Exception exception)
        {
            // The payload stays lent while the error hook runs.
            var handling = FailAsync(suspended.Call.Kind, exception);
            if (!handling.IsCompleted)
            {
                suspended.Wait(suspended.Call, handling);
                return false;
            }
        }

        _isSuspended = false;
        suspended.Return();
        if (_isInputLent)
        {
            _isInputLent = false;
            connection.ReleaseInput();
            lock (this) WakeReader();
        }

        return true;
    }

    // Under the lock.
    private void WakeReader()
    {
        if (_backlog?.Readable is not { } readable || IsFull) return;
        readable.TrySetResult();
        _backlog.Readable = null;
    }

    // What waits may be much: after a while the thread goes on with other peers, and this one keeps its turn meanwhile.
    private void RunWaiting()
    {
        var budget = new PassBudget(connection.Host.Time);
        while (true)
        {
            if (connection.StopsDispatch()) Transports.Turn.OfThread.FlushEarly();
            if (!TryTakeNext(out var call) || !Start(call, inInput: false)) return;
            if (!budget.Spend()) continue;
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
            return;
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        using var turn = Transports.Turn.Enter();
        RunWaiting();
    }

    // False when nothing waits, which gives up the turn.
    private bool TryTakeNext(out HookCall call)
    {
        lock (this)
        {
            if (_backlog is null || !_backlog.TryTake(connection, out call))
            {
                call = default;
                _isBusy = false;
                if (_backlog is { IsEmpty: true }) _backlog.EndIdle();
                return false;
            }

            _waitingBytes -= call.Cost;
            WakeReader();
            return true;
        }
    }

    // The hook that suspended: what it was called with, and the wait for it.
    private sealed class Suspended(Action ended)
    {
        private ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter _awaiter;
        private HookCall _call;

        public ref readonly HookCall Call => ref _call;

        public void Wait(in HookCall call, ValueTask task)
        {
            _call = call;
            _awaiter = task.ConfigureAwait(false).GetAwaiter();
            _awaiter.UnsafeOnCompleted(ended);
        }

        public void GetResult() => _awaiter.GetResult();

        public void Return()
        {
            _call.Return();
            (_call, _awaiter) = (default, default);
        }
    }

    private sealed class Backlog
    {
        // Messages, and the close hook behind them.
        private Queue<HookCall>? _calls;

        // What runs also while the dispatch of messages is stopped.
        private Queue<HookCall>? _events;
        private Coalesced _latest;

        public TaskCompletionSource? Readable;
        public TaskCompletionSource? Idle;

        public bool HasCalls => _calls is { Count: > 0 };

        public bool IsEmpty => _latest.IsEmpty && !HasCalls && _events is not { Count: > 0 };

        public void Add(in HookCall call)
        {
            ref var queue = ref call.Kind is HookKind.Text or HookKind.Binary or HookKind.Close ? ref _calls : ref _events;
            (queue ??= new()).Enqueue(call);
        }

        public void SetLatest(in HookCall call) => _latest.Set(call);

        public bool TryTake(PeerConnection connection, out HookCall call)
        {
            if (_latest.TryTake(out call) || (_events is not null && _events.TryDequeue(out call))) return true;
            return HasCalls && (_calls!.Peek().Kind == HookKind.Close || !connection.StopsDispatch()) && _calls.TryDequeue(out call);
        }

        public void EndIdle()
        {
            Idle?.TrySetResult();
            Idle = null;
        }
    }

    // The latest of each kind of event that is worth nothing once a newer one came.
    private struct Coalesced
    {
        private HookCall? _drain;
        private HookCall? _ping;
        private HookCall? _pong;

        public readonly bool IsEmpty => !_drain.HasValue && !_ping.HasValue && !_pong.HasValue;

        public void Set(in HookCall call)
        {
            ref var slot = ref call.Kind == HookKind.Ping ? ref _ping : ref call.Kind == HookKind.Pong ? ref _pong : ref _drain;
            slot?.Return();
            slot = call.Keep();
        }

        public bool TryTake(out HookCall call) => TryTake(ref _drain, out call) || TryTake(ref _ping, out call) || TryTake(ref _pong, out call);

        private static bool TryTake(ref HookCall? slot, out HookCall call)
        {
            call = slot.GetValueOrDefault();
            var isThere = slot.HasValue;
            slot = null;
            return isThere;
        }
    }
}

/// <summary>What a hook is called for.</summary>
internal enum HookKind : byte
{
    Open,
    Text,
    Binary,
    Ping,
    Pong,
    Drain,
    Gap,
    StreamFailed,
    Close,
}

/// <summary>A hook to be called, and its payload.</summary>
/// <param name="kind">What for.</param>
/// <param name="payload">The payload, in the input or in <paramref name="rented"/>.</param>
/// <param name="rented">The pool's buffer that the call owns and returns, or null.</param>
internal readonly struct HookCall(HookKind kind, ReadOnlyMemory<byte> payload = default, byte[]? rented = null)
{
    // What a waiting call costs besides its payload, so that empty messages are not free.
    private const int Overhead = 64;

    public HookKind Kind => kind;

    public ReadOnlyMemory<byte> Payload => payload;

    public byte[]? Rented => rented;

    public int Cost => kind is HookKind.Text or HookKind.Binary ? payload.Length + Overhead : 0;

    /// <summary>The same call with a payload of its own.</summary>
    public HookCall Keep()
    {
        if (rented is not null || payload.IsEmpty) return this;
        var copy = ArrayPool<byte>.Shared.Rent(payload.Length);
        payload.CopyTo(copy);
        return new(kind, copy.AsMemory(0, payload.Length), copy);
    }

    /// <summary>Gives back the buffer.</summary>
    public void Return()
    {
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
    }
}
