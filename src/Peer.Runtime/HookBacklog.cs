namespace Peers;

/// <summary>The hook calls of one peer that wait until no other hook runs. Guarded by the lock of its queue.</summary>
internal sealed class HookBacklog
{
    // Messages, and the close hook behind them.
    private Queue<HookCall>? _calls;

    // Calls that are made also while the dispatch of messages is stopped.
    private Queue<HookCall>? _events;
    private LatestCalls _latest;

    /// <summary>Completed when little enough waits to read on; null while reading goes on.</summary>
    public TaskCompletionSource? Readable { get; set; }

    /// <summary>Completed when no hook runs and none waits; null while nothing waits for that.</summary>
    public TaskCompletionSource? Idle { get; set; }

    /// <summary>Whether messages wait, or the close hook.</summary>
    public bool HasCalls => _calls is { Count: > 0 };

    /// <summary>Whether no call waits.</summary>
    public bool IsEmpty => _latest.IsEmpty && !HasCalls && _events is not { Count: > 0 };

    /// <summary>Adds a call that has a payload of its own.</summary>
    public void Add(in HookCall call)
    {
        ref var queue = ref call.Kind is HookKind.Text or HookKind.Binary or HookKind.Close ? ref _calls : ref _events;
        (queue ??= new()).Enqueue(call);
    }

    /// <summary>Replaces the waiting call of the same kind, or adds it.</summary>
    public void SetLatest(in HookCall call) => _latest.Set(call);

    /// <summary>Takes the next call that may be made now.</summary>
    public bool TryTake(PeerConnection connection, out HookCall call)
    {
        if (_latest.TryTake(out call) || (_events is not null && _events.TryDequeue(out call))) return true;
        return HasCalls && (_calls!.Peek().Kind == HookKind.Close || !connection.StopsDispatch()) && _calls.TryDequeue(out call);
    }

    /// <summary>Completes <see cref="Idle"/>.</summary>
    public void EndIdle()
    {
        Idle?.TrySetResult();
        Idle = null;
    }
}

/// <summary>The latest of each kind of event that a newer one makes worthless.</summary>
internal struct LatestCalls
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
