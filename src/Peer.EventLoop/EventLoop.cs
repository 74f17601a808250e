using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using Peers.Interop;
using Peers.Observability;
using Peers.Transports;

namespace Peers;

/// <summary>One thread that waits for many descriptors and serves whichever is ready: sockets that listen, connections, and work that other threads posted.</summary>
/// <remarks>A connection is served once a pass whatever it sends, so that none starves its neighbours. Times are kept to <see cref="TickMilliseconds"/>.</remarks>
internal sealed partial class EventLoop
{
    private const int WakeKey = 0;
    private const int TickMilliseconds = 100;
    private const int ReceiveSize = 256 * 1024;

    private readonly EventLoopLog _log;
    private readonly EventLoopMetrics _metrics;
    private readonly KeyValuePair<string, object?> _tag;
    private readonly int _number;
    private readonly TimeProvider _time;
    private readonly Thread _thread;
    private readonly Epoll _epoll = new();
    private readonly int _wake = Libc.EventCreate(0, Libc.CloseOnExec | Libc.NonBlocking);

    // Work from other threads.
    private readonly ConcurrentQueue<(Action<object> Action, object State)> _posted = new();
    private readonly Lock _wakeLock = new();
    private bool _hasEnded;
    private int _isWoken;
    private volatile bool _isStopping;
    private long _reportedSince = -1;
    private readonly Lock _lateLock = new();

    // This thread alone. A key that was given up is used again only in the next pass: this one may still hold an event for it.
    private readonly List<int> _freeKeys = [];
    private readonly List<int> _givenUp = [];
    private readonly List<ITimed> _timed = [];
    private IPollable?[] _polled = new IPollable?[64];
    private int _keys = 1;
    private long _nextTick;

    // Read by the watchdog.
    private long _servingSince;
    private volatile IPollable? _serving;

    public EventLoop(int number, EventLoopLog log, EventLoopMetrics metrics, TimeProvider time)
    {
        (_number, _log, _metrics, _time) = (number, log, metrics, time);
        _tag = new(MetricTags.EventLoop, number);
        if (_wake < 0 || !_epoll.TryAdd(_wake, WakeKey, Readiness.Readable)) throw new Win32Exception(Libc.LastError);
        _thread = new Thread(Run) { Name = $"Peer event loop {number}", IsBackground = true };
        _thread.UnsafeStart();
    }

    /// <summary>Where sockets are read into; what a hook keeps of it is copied first. This thread alone.</summary>
    public byte[] ReceiveBuffer { get; } = GC.AllocateUninitializedArray<byte>(ReceiveSize, pinned: true);

    public EventLoopLog Log => _log;

    /// <summary>How often the kernel was asked.</summary>
    public SystemCalls Calls { get; } = new();

    /// <summary>Whether the caller is this loop.</summary>
    public bool IsCurrent => Thread.CurrentThread == _thread;

    /// <summary>Milliseconds since an arbitrary moment. For timeouts.</summary>
    public long Now => (long)_time.GetElapsedTime(0).TotalMilliseconds;

    /// <summary>What is being served, and since when; null while nothing is. From any thread.</summary>
    public (IPollable Served, long Since)? Serving
    {
        get
        {
            var since = Volatile.Read(ref _servingSince);
            return _serving is { } served && since > 0 && since == Volatile.Read(ref _servingSince) ? (served, since) : null;
        }
    }

    /// <summary>Runs something on this loop, after what was posted before. From any thread. Once the loop has ended, on the thread pool, one after another too.</summary>
    public void Post(Action<object> action, object state)
    {
        _posted.Enqueue((action, state));
        WakeOnce();
    }

    /// <summary>Begins to watch a descriptor. This thread alone.</summary>
    /// <returns>The key under which it is watched; -1 where the system has no room for it.</returns>
    public int Add(int descriptor, IPollable pollable, Readiness interest)
    {
        var key = TakeKey();
        _polled[key] = pollable;
        if (_epoll.TryAdd(descriptor, key, interest)) return key;
        GiveUp(key);
        return -1;
    }

    /// <summary>Changes what a descriptor is watched for. This thread alone.</summary>
    public void Watch(int descriptor, int key, Readiness interest) => _epoll.Watch(descriptor, key, interest);

    /// <summary>Forgets a descriptor, which is closed by the caller. This thread alone.</summary>
    public void Remove(int descriptor, int key)
    {
        _epoll.Remove(descriptor);
        GiveUp(key);
    }

    /// <summary>Has something called every now and then until it says that it waits for nothing more. This thread alone.</summary>
    public void Remind(ITimed timed)
    {
        if (_timed.Count == 0) _nextTick = Now + TickMilliseconds;
        _timed.Add(timed);
    }

    /// <summary>Calls an action for everything that is watched. This thread alone.</summary>
    public void ForEach(Action<IPollable> action)
    {
        foreach (var pollable in _polled)
        {
            if (pollable is not null) action(pollable);
        }
    }

    /// <summary>Asks the loop to cut everything that is left and to end its thread. From any thread; <see cref="Join"/> waits for that.</summary>
    /// <remarks>A socket is closed when its connection has ended, which may be later: until then another thread may be sending, and the number must not become another connection's.</remarks>
    public void Stop()
    {
        _isStopping = true;
        Wake();
    }

    /// <summary>Waits until the thread has ended. From any other thread.</summary>
    /// <param name="timeout">How long to wait. The thread is in the background: one that a hook blocks does not keep the process alive.</param>
    /// <returns>False where it did not end in time; then a line in the log names the hook.</returns>
    public bool Join(TimeSpan timeout)
    {
        if (_thread.Join(timeout)) return true;
        ReportHeldUp();
        return false;
    }

    /// <summary>Logs what holds the loop up when it has to stop, once for each hook call. From any thread.</summary>
    public void ReportHeldUp()
    {
        var serving = Serving;
        var since = serving?.Since ?? 0;
        if (Interlocked.Exchange(ref _reportedSince, since) == since) return;
        var peer = (serving?.Served as LoopConnection)?.Peer;
        _log.NotStopped(_number, (object?)peer?.Peer ?? "no peer", peer?.PendingHook ?? "no hook");
    }

    private void Run()
    {
        Turn.OfThread.Flusher = this;

        // Hooks run one after another on this thread: what one leaves in its context is not for the next.
        var clean = ExecutionContext.Capture()!;
        while (!_isStopping)
        {
            Calls.Waits++;
            var count = _epoll.Wait(_timed.Count == 0 ? -1 : TickMilliseconds);
            var began = _metrics.BeginPass();
            for (var i = 0; i < count; i++)
            {
                Serve(_epoll.EventAt(i));
                ExecutionContext.Restore(clean);
            }

            RunPosted();
            FlushHandedOver();
            _metrics.EndPass(began, _tag);
            ExecutionContext.Restore(clean);
            Tick();
            ReuseKeys();
        }

        EndAll();
    }

    private void Serve((int Key, Readiness Readiness) occurrence)
    {
        if (occurrence.Key == WakeKey)
        {
            ReadWake();
            return;
        }

        if (_polled[occurrence.Key] is not { } pollable) return;
        BeginServing(pollable);
        try
        {
            pollable.OnReady(occurrence.Readiness);
        }
        catch (Exception exception)
        {
            _log.Failed(exception);
            pollable.Fail();
        }

        EndServing();
    }

    private void BeginServing(IPollable? pollable)
    {
        Volatile.Write(ref _servingSince, Stopwatch.GetTimestamp());
        _serving = pollable;
    }

    private void EndServing()
    {
        _serving = null;
        Volatile.Write(ref _servingSince, 0);
    }

    // Work that is posted meanwhile runs in the next pass, after the connections: a post that posts again does not keep the loop from them.
    private void RunPosted()
    {
        for (var left = _posted.Count; left > 0 && _posted.TryDequeue(out var work); left--)
        {
            BeginServing(work.State as IPollable);
            try
            {
                work.Action(work.State);
            }
            catch (Exception exception)
            {
                _log.Failed(exception);
                (work.State as IPollable)?.Fail();
            }
        }

        EndServing();
    }

    private void Tick()
    {
        if (_timed.Count == 0) return;
        var now = Now;
        if (now < _nextTick) return;
        _nextTick = now + TickMilliseconds;
        for (var i = _timed.Count - 1; i >= 0; i--)
        {
            if (!TryTick(_timed[i], now)) _timed.RemoveAt(i);
        }
    }

    private bool TryTick(ITimed timed, long now)
    {
        try
        {
            return timed.OnTick(now);
        }
        catch (Exception exception)
        {
            _log.Failed(exception);
            return false;
        }
    }

    private void WakeOnce()
    {
        if (Interlocked.Exchange(ref _isWoken, 1) == 0) Wake();
    }

    // Whoever posts after the end must not write to a number that is somebody else's by then.
    private void Wake()
    {
        lock (_wakeLock)
        {
            if (_hasEnded) ThreadPool.UnsafeQueueUserWorkItem(static loop => loop.RunLate(), this, preferLocal: false);
            else Libc.Write(_wake, 1, sizeof(ulong));
        }
    }

    private void RunLate()
    {
        lock (_lateLock)
        {
            Interlocked.Exchange(ref _isWoken, 0);
            RunPosted();
            FlushHandedOver();
        }
    }

    // Cleared before the work is taken, with a full fence between: what is posted from now on wakes again.
    private void ReadWake()
    {
        ulong count = 0;
        Libc.Read(_wake, ref count, sizeof(ulong));
        Interlocked.Exchange(ref _isWoken, 0);
    }

    private int TakeKey()
    {
        if (_freeKeys.Count > 0)
        {
            var key = _freeKeys[^1];
            _freeKeys.RemoveAt(_freeKeys.Count - 1);
            return key;
        }

        if (_keys == _polled.Length) Array.Resize(ref _polled, _keys * 2);
        return _keys++;
    }

    private void GiveUp(int key)
    {
        _polled[key] = null;
        _givenUp.Add(key);
    }

    private void ReuseKeys()
    {
        if (_givenUp.Count == 0) return;
        _freeKeys.AddRange(_givenUp);
        _givenUp.Clear();
    }

    private void EndAll()
    {
        while (!_posted.IsEmpty) RunPosted();
        FlushHandedOver();
        foreach (var pollable in _polled) pollable?.End();
        _epoll.Dispose();
        lock (_wakeLock)
        {
            _hasEnded = true;
            Libc.Close(_wake);
        }

        // What was posted meanwhile woke nobody.
        Wake();
    }
}

/// <summary>Something with a descriptor that a loop watches. Called on the loop's thread.</summary>
internal interface IPollable
{
    /// <summary>The descriptor is ready for something.</summary>
    void OnReady(Readiness readiness);

    /// <summary>Serving it failed.</summary>
    void Fail();

    /// <summary>The loop ends: nothing is watched any more.</summary>
    void End();
}

/// <summary>Something that waits for a moment. Called on the loop's thread.</summary>
internal interface ITimed
{
    /// <summary>Some time passed.</summary>
    /// <param name="now">The loop's <see cref="EventLoop.Now"/>.</param>
    /// <returns>Whether there is still something to wait for.</returns>
    bool OnTick(long now);
}
