namespace Peers;

// Hooks: calling them, and what happens when one fails or a message does not fit.
public sealed partial class PeerConnection
{
    // The $id of the message whose hook runs, a raw JSON token; empty where it had none. Touched by whoever runs hooks.
    private byte[]? _requestId;
    private int _requestIdLength;
    private string? _messageType;
    private bool _reachedNoHook;

    internal ReadOnlySpan<byte> RequestId => _requestId.AsSpan(0, _requestIdLength);

    internal void ReleaseInput() => _output.Transport?.ReleaseInput();

    internal bool Borrows(HookKind kind) => kind switch
    {
        HookKind.Text => Has(PeerHooks.BorrowsText),
        HookKind.Binary => Has(PeerHooks.BorrowsBinary),
        HookKind.Ping or HookKind.Pong => true,
        _ => false,
    };

    /// <summary>Calls a hook. Called by the queue, one at a time; may throw whatever the hook throws.</summary>
    internal ValueTask Call(in HookCall call)
    {
        (_requestIdLength, _messageType, _reachedNoHook) = (0, null, _isDone);
        if (call.Kind != HookKind.Close && IsExpired())
        {
            _reachedNoHook = true;
            return default;
        }

        switch (call.Kind)
        {
            case HookKind.Text:
                if (_isDone) return default;
                var text = new IncomingText(this, call.Payload);
                return _handler.OnText(ref text);
            case HookKind.Binary:
                return _isDone ? default : _handler.OnBinary(Peer, call.Payload);
            case HookKind.Open:
                if (Has(PeerHooks.Join)) _handler.Join(Peer);
                return Has(PeerHooks.Open) ? _handler.OnOpen(Peer) : default;
            case HookKind.Ping:
                return _handler.OnPing(Peer, call.Payload);
            case HookKind.Pong:
                return _handler.OnPong(Peer, call.Payload);
            case HookKind.Drain:
                return _handler.OnDrain(Peer);
            case HookKind.Gap:
                return _isDone ? default : _handler.OnGap(Peer, _gaps!.Take());
            case HookKind.StreamFailed:
                return DecideAsync(_streams!.TakeFailure(), CloseCode.InternalError, "a hook failed");
            default:
                return CallCloseAsync();
        }
    }

    private async ValueTask CallCloseAsync()
    {
        if (_isExpiredAtOpen)
        {
            Closing.HooksEnded.TrySetResult();
            return;
        }

        try
        {
            if (Closing.TransportError is { } failure && Has(PeerHooks.Error)) await CallErrorAsync(new(PeerErrorKind.TransportFailed, failure, "", null, PeerErrorAction.Close));
        }
        catch (Exception exception)
        {
            Host.Log.HookFailed(exception, Peer, Info.Name, "OnError");
        }

        try
        {
            if (Has(PeerHooks.Close)) await CallCloseHookAsync();
        }
        catch (Exception exception)
        {
            Host.Log.HookFailed(exception, Peer, Info.Name, "OnClose");
        }
        finally
        {
            Closing.HooksEnded.TrySetResult();
        }
    }

    /// <summary>A hook threw. The process lives, nobody else notices, and this peer gets what its handler decides. Never faults.</summary>
    internal ValueTask HookFailedAsync(HookKind kind, Exception exception)
    {
        // A hook that gave up because its peer left has not failed.
        var hasFailed = !HasGivenUp(exception);
        CountReceived();
        if (_watched is { Watch.IsRunning: true } watched) return AnswerWatchedAsync(watched, kind, exception, hasFailed);
        return hasFailed ? AnswerFailureAsync(kind, exception) : default;
    }

    private async ValueTask AnswerFailureAsync(HookKind kind, Exception exception)
    {
        LogHookFailed(exception, kind, _messageType);
        var isRequest = !RequestId.IsEmpty;
        if (isRequest) SendError(RequestId, "failed", "The request failed.");
        var error = new PeerError(PeerErrorKind.HookFailed, exception, NameOf(kind), _messageType, isRequest ? PeerErrorAction.Continue : PeerErrorAction.Close);
        await DecideAsync(error, CloseCode.InternalError, "a hook failed");
    }

    /// <summary>A text could not be read as a message, or names none.</summary>
    internal ValueTask RejectAsync(string errorCode, string? type, string reason, bool isJson)
    {
        _reachedNoHook = true;
        Host.Log.InvalidMessage(Peer, Info.Name, type, reason);
        if (isJson) SendError(RequestId, errorCode, reason);
        else if (!Has(PeerHooks.Error)) Close(CloseCode.InvalidPayload, "text is not JSON");
        if (!Has(PeerHooks.Error)) return default;

        var action = isJson ? PeerErrorAction.Continue : PeerErrorAction.Close;
        var error = new PeerError(PeerErrorKind.InvalidMessage, exception: null, "OnMessage", type, action);
        return DecideAsync(error, isJson ? CloseCode.PolicyViolation : CloseCode.InvalidPayload, isJson ? reason : "text is not JSON");
    }

    /// <summary>Notes which message the next hook is for, and what its answer is to refer to.</summary>
    internal void BeginMessage(string? type, ReadOnlySpan<byte> id)
    {
        _messageType = type;
        if (id.IsEmpty) return;
        if (_requestId is null || _requestId.Length < id.Length) _requestId = new byte[Math.Max(id.Length, 24)];
        id.CopyTo(_requestId);
        _requestIdLength = id.Length;
    }

    private async ValueTask DecideAsync(PeerError error, CloseCode code, string reason)
    {
        try
        {
            if (Has(PeerHooks.Error)) await CallErrorAsync(error);
        }
        catch (Exception exception)
        {
            Host.Log.HookFailed(exception, Peer, Info.Name, "OnError");
            error.Action = PeerErrorAction.Close;
        }

        if (error.Action == PeerErrorAction.Close) Close(code, reason);
    }

    private bool HasGivenUp(Exception exception) =>
        exception is PeerRequestException { Failure: PeerRequestFailure.Closed } || (exception is OperationCanceledException && HasRemoteLeft);

    private void LogHookFailed(Exception exception, HookKind kind, string? messageType) =>
        Host.Log.HookFailed(exception, Peer, Info.Name, messageType is null ? NameOf(kind) : $"{NameOf(kind)}({messageType})");

    private static string NameOf(HookKind kind) => kind switch
    {
        HookKind.Open => "OnOpen",
        HookKind.Text or HookKind.Binary => "OnMessage",
        HookKind.Ping => "OnPing",
        HookKind.Pong => "OnPong",
        HookKind.Drain => "OnDrain",
        HookKind.Gap => "OnGap",
        _ => "OnClose",
    };
}
