using System.Runtime.CompilerServices;

namespace Peers;

/// <summary>
/// Runs one peer's hooks, one at a time and in order. While a hook awaits, further calls are queued; reading goes on until too many bytes wait.
/// </summary>
internal sealed class HookQueue(PeerConnection connection) : IThreadPoolWorkItem
{
    // Guarded by this object. The thread that sets _isBusy runs hooks until it clears it, or until a hook suspends, which then keeps it set.
    private HookBacklog? _backlog;
    private bool _isBusy;
    private bool _isEnding;
    private volatile bool _isReaderReleased;
    private long _waitingBytes;

    // Read loop only: whether it has set _isBusy, until its batch ends; and how many bytes were read while a hook borrows input, which stay until it ends.
    private bool _isHeldByBatch;
    private long _heldBytes;

    // The hook that runs, and its state where it suspended. Written by the thread that has set _isBusy.
    private HookKind _running;
    private Suspended? _suspended;
    private volatile bool _isInputLent;
    private volatile bool _isSuspended;

    /// <summary>Whether a hook that suspended uses the transport's input buffer.</summary>
    public bool IsInputLent => _isInputLent;

    /// <summary>Whether a hook has been called and not ended, and runs or awaits on some thread.</summary>
    public bool IsSuspended => _isSuspended;

    /// <summary>Whether more than <see cref="PeerOptions.MaxPendingBytes"/> wait, for hooks or behind input that a hook borrows.</summary>
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

    /// <summary>Runs the messages that wait because dispatch was stopped. Any thread, under no lock, inside a turn.</summary>
    public void Resume()
    {
        lock (this)
        {
            if (_isBusy || _backlog is not { IsEmpty: false }) return;
            _isBusy = true;
        }

        RunWaiting();
    }

    /// <summary>Ends a batch: calls that were queued meanwhile run.</summary>
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

    /// <summary>Posts the close hook; calls that are posted later are dropped.</summary>
    public void PostLast()
    {
        lock (this) _isEnding = true;
        Post(new HookCall(HookKind.Close));
        Resume();
    }

    /// <summary>As <see cref="Post"/>, but only the latest of several waiting calls runs.</summary>
    public void PostLatest(HookKind kind)
    {
        var call = new HookCall(kind);
        if (TryEnterLatest(call) && Start(call, inInput: false)) RunWaiting();
    }

    /// <summary>As <see cref="Dispatch"/>, but only the latest of several waiting calls runs.</summary>
    public void DispatchLatest(HookCall call)
    {
        if (!_isHeldByBatch && !TryEnterLatest(call)) return;
        _isHeldByBatch = Start(call, inInput: call.Rented is null);
    }

    /// <summary>Completes when few enough bytes wait to read on.</summary>
    public Task WhenReadable()
    {
        lock (this)
        {
            if (!IsFull || _isReaderReleased) return Task.CompletedTask;
            return (Late.Readable ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Completes at a moment when no hook runs and none waits. Another may have begun when the caller sees that.</summary>
    public Task WhenIdle()
    {
        lock (this)
        {
            if (!_isBusy && _backlog is not { IsEmpty: false }) return Task.CompletedTask;
            return (Late.Idle ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Lets the read loop go on however many bytes wait, now and later: the connection is lost, or input is discarded from now on.</summary>
    public void ReleaseReader()
    {
        lock (this)
        {
            _isReaderReleased = true;
            _backlog?.Readable?.TrySetResult();
        }
    }

    private int MaxPendingBytes => connection.Options.MaxPendingBytes;

    // Most peers never need one; a peer that needed one keeps it.
    private HookBacklog Late => _backlog ??= new();

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

    // Waiting calls go first. Calls wait without a running hook only where dispatch is stopped, which concerns messages alone.
    private bool HasToWait(HookKind kind) => kind is HookKind.Text or HookKind.Binary or HookKind.Close && _backlog is { HasCalls: true };

    // Under the lock.
    private void Add(in HookCall call)
    {
        var kept = call.Keep();
        Late.Add(kept);
        _waitingBytes += kept.Cost;
    }

    // False where the peer's own output has to drain first. Bytes that this thread has not flushed yet are flushed before that is decided.
    private bool MayDispatchNow()
    {
        if (!connection.StopsDispatch()) return true;
        Transports.Turn.OfThread.FlushEarly();
        return !connection.StopsDispatch();
    }

    // Another thread may resume dispatch at any moment: the later of the resumption and this call runs the message.
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

    // True when the hook ended; false when it suspended, and the queue stays busy.
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

        // It may have ended meanwhile; its exception is thrown where its result is taken.
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

    // Listeners of metrics and traces are code of the application that runs here too: an exception of theirs must not leave the queue busy for ever.
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
        // The hook continues on any thread: what it has published so far is delivered first.
        Transports.Turn.OfThread.HandOutGathered();
        _isInputLent = inInput && connection.Borrows(call.Kind);
        _isSuspended = true;
        (_suspended ??= new(Ended)).Wait(call, task);
    }

    // A hook that had suspended has ended, on any thread.
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

    // Many calls may wait: when the budget is spent the thread goes on with other peers, and the thread pool with this queue, which stays busy.
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

    // False when no call waits; then the queue is no longer busy.
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

    // A hook that suspended: its call, and the awaiter of its task.
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
}
