using System.Diagnostics;
using Peers.Observability;
using Peers.Transports;

namespace Peers;

// What is told of hooks and messages to whoever listens. Where nobody does, hooks are called as if this file were not there.
public sealed partial class PeerConnection
{
    // Null until somebody listens. Touched by whoever runs hooks.
    private Watched? _watched;

    /// <summary>Whether somebody listens to what is told of hooks and messages.</summary>
    internal bool IsObserved => Metrics.IsObserved;

    /// <summary>What spans are linked with: the request that the connection came from, where that was recorded.</summary>
    internal ActivityLink[]? Origin => _watched?.Origin;

    /// <summary>The queue is about to call a hook.</summary>
    internal void BeginWatch(in HookCall call)
    {
        var watched = _watched ??= new();
        watched.Kind = call.Kind;
        if (call.Kind is HookKind.Text or HookKind.Binary) watched.Uncounted = call.Payload.Length;
        if (IsWatched(call.Kind)) watched.Watch = HookWatch.Begin(Metrics, this, NameOf(call.Kind));
    }

    /// <summary>The hook awaits: the thread is free for others.</summary>
    internal void LeaveWatch()
    {
        CountReceived();
        _watched?.Watch.Leave();
    }

    /// <summary>The hook that awaited is about to end, on this thread.</summary>
    internal void EnterWatch() => _watched?.Watch.Enter();

    /// <summary>The hook has ended, on the thread that it was entered on.</summary>
    internal void EndWatch()
    {
        CountReceived();
        if (_watched is { Watch.IsRunning: true } watched) watched.Watch.End(TypeOf(watched.Kind));
    }

    // What a hook threw ends its watch; what is logged and done about it is part of its trace.
    private ValueTask AnswerWatchedAsync(Watched watched, HookKind kind, Exception exception, bool hasFailed)
    {
        if (hasFailed) watched.Watch.Fail(exception);
        var answering = hasFailed ? AnswerFailureAsync(kind, exception) : default;
        EndWatch();
        return answering;
    }

    private void BeginTrace()
    {
        if (PeerTracing.LinkToRequest() is { } origin) _watched = new() { Origin = origin };
    }

    // The others are watched where they are called.
    private bool IsWatched(HookKind kind) => kind switch
    {
        HookKind.Open => Has(PeerHooks.Open),
        HookKind.Close or HookKind.StreamFailed => false,
        _ => true,
    };

    private string? TypeOf(HookKind kind) => kind switch
    {
        HookKind.Text => _messageType ?? (_reachedNoHook ? MetricTags.Other : MetricTags.Text),
        HookKind.Binary => _reachedNoHook ? MetricTags.Other : MetricTags.Binary,
        _ => null,
    };

    private void CountReceived()
    {
        if (_watched is not { Uncounted: >= 0 } watched) return;
        NoteReceived(TypeOf(watched.Kind)!, watched.Uncounted);
        watched.Uncounted = -1;
    }

    private void NoteReceived(string type, int length)
    {
        if (Metrics.IsObserved) MessageTally.Of(Turn.OfThread).Received(Metrics, type, length);
    }

    private void NoteSent(Turn turn, AppendResult result, string type, int length)
    {
        // What is sent inside a hook was looked for when that was called.
        if (turn.IsOutermost) Metrics.Look();
        if (Metrics.IsObserved && result <= AppendResult.Backpressured) MessageTally.Of(turn).Sent(Metrics, type, 1, length);
    }

    private async ValueTask<UpgradeResult> CallUpgradeAsync(UpgradeRequest request)
    {
        var watch = HookWatch.BeginInside(Metrics, this, "OnUpgrade");
        try
        {
            return await _handler.OnUpgrade(request);
        }
        catch (Exception exception)
        {
            watch.Fail(exception);
            throw;
        }
        finally
        {
            watch.End(messageType: null);
        }
    }

    private async ValueTask CallErrorAsync(PeerError error)
    {
        var watch = HookWatch.BeginInside(Metrics, this, "OnError");
        try
        {
            await _handler.OnError(Peer, error);
        }
        catch (Exception exception)
        {
            watch.Fail(exception);
            throw;
        }
        finally
        {
            watch.End(messageType: null);
        }
    }

    private async ValueTask CallCloseHookAsync()
    {
        var watch = HookWatch.Begin(Metrics, this, "OnClose");
        try
        {
            await _handler.OnClose(Peer, Closing.End());
        }
        catch (Exception exception)
        {
            watch.Fail(exception);
            throw;
        }
        finally
        {
            watch.End(messageType: null);
        }
    }

    // The hook that runs, what for, and the length of its message until that is counted; -1 then.
    private sealed class Watched
    {
        public HookWatch Watch;
        public HookKind Kind;
        public int Uncounted = -1;

        public ActivityLink[]? Origin { get; init; }
    }
}
