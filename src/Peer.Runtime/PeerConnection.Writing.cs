using Peers.Observability;
using Peers.Transports;
using Peers.WebSockets;

namespace Peers;

// Bytes out: messages become frames, frames wait in the output; and the ways in which writing ends.
public sealed partial class PeerConnection
{
    internal SendStatus Send<T>(in T message, bool compress) where T : IMessage<T> => SendMessage(DirectKind, in message, requestId: default, compress);

    /// <summary>Sends the reply of the hook that runs. A request whose reply cannot be sent gets an <c>$error</c> in its place.</summary>
    internal void Reply<T>(in T message) where T : IMessage<T>
    {
        var status = SendMessage(OutputKind.Own, in message, RequestId, compress: false);
        if (status == SendStatus.Dropped && !RequestId.IsEmpty) SendError(RequestId, "too-large", "The reply is larger than the server may send.");
    }

    /// <summary>Sends what the application sends to this peer.</summary>
    internal SendStatus SendDirect(Opcode opcode, ReadOnlySpan<byte> payload, bool compress, string type) => SendPayload(DirectKind, opcode, payload, compress, type);

    // What one of the peer's own hooks sends is caused by the peer. A hook that has awaited may send from any thread, so while one is suspended all direct sends count as its own.
    private OutputKind DirectKind => Turn.OfThread.Causer == this || _hooks.IsSuspended ? OutputKind.Own : OutputKind.Direct;

    /// <summary>Sends a message, compressed where that is asked for or it is long enough, and the client agreed.</summary>
    private SendStatus SendPayload(OutputKind kind, Opcode opcode, ReadOnlySpan<byte> payload, bool compress, string type)
    {
        using var turn = Turn.Enter();
        turn.HandOut(before: _output);
        var result = AppendMessage(kind, opcode, payload, compress);
        NoteSent(turn, result, type, payload.Length);
        if (result >= AppendResult.Dropped) NoteRefused(kind, result, payload.Length);
        turn.Relieve();
        return result <= AppendResult.Closed ? (SendStatus)result : SendStatus.Dropped;
    }

    // False where the output is sealed, or where the frame replaces one that has not been written yet.
    private bool SendControl(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        using var turn = Turn.Enter();
        Span<byte> header = stackalloc byte[FrameWriter.MaxHeaderLength];
        header = header[..FrameWriter.WriteHeader(header, opcode, fin: true, payload.Length)];
        var isAdded = _output.AppendControl(isPong: opcode == Opcode.Pong, header, payload);
        turn.Relieve();
        return isAdded;
    }

    private AppendResult AppendFrame(OutputKind kind, Opcode opcode, ReadOnlySpan<byte> payload, bool isCompressed)
    {
        Span<byte> header = stackalloc byte[FrameWriter.MaxHeaderLength];
        header = header[..FrameWriter.WriteHeader(header, opcode, fin: true, payload.Length, isCompressed)];
        return _output.Append(kind, header, payload);
    }

    private SendStatus SendMessage<T>(OutputKind kind, in T message, ReadOnlySpan<byte> requestId, bool compress, bool isRequest = false) where T : IMessage<T>
    {
        if (_output.IsSealed) return SendStatus.Closed;
        var buffer = MessageBuffer.Rent();
        try
        {
            buffer.Write(in message, requestId, isRequest);
            return SendPayload(kind, Opcode.Text, buffer.PayloadSpan, compress, T.Type);
        }
        finally
        {
            buffer.Return();
        }
    }

    private void SendError(ReadOnlySpan<byte> requestId, string code, string message)
    {
        var buffer = MessageBuffer.Rent();
        try
        {
            buffer.WriteError(requestId, code, message);
            SendPayload(OutputKind.Status, Opcode.Text, buffer.PayloadSpan, compress: false, MetricTags.Error);
        }
        finally
        {
            buffer.Return();
        }
    }

    internal void Ping(ReadOnlySpan<byte> payload)
    {
        if (payload.Length > FrameRules.MaxControlPayload) throw new ArgumentException("The payload of a ping has at most 125 bytes (RFC 6455 §5.5).", nameof(payload));
        SendPing(payload);
    }

    private void SendPing(ReadOnlySpan<byte> payload)
    {
        // Counted before it is sent: the pong may be read before this returns.
        Interlocked.Increment(ref _pongsDue);
        if (!SendControl(Opcode.Ping, payload)) Interlocked.Decrement(ref _pongsDue);
    }

    /// <summary>Queues a close frame behind what was sent, because the application is done with the peer: messages that wait reach no hook.</summary>
    internal void Close(CloseCode code, string reason)
    {
        _isDone = true;
        SendClose(code, reason);
    }

    /// <summary>Cuts the connection, because the application is done with the peer. The close hook sees 1006.</summary>
    internal void Terminate()
    {
        _isDone = true;
        Break();
    }

    // The client is to blame: what it sent before still reaches its hooks.
    private void SendClose(CloseCode code, string reason)
    {
        using var turn = Turn.Enter();
        if (!TrySendClose(turn, code, reason)) return;
        SetDeadline(Options.CloseTimeout);
        _streams?.Close();
    }

    private bool TrySendClose(Turn turn, CloseCode code, string reason)
    {
        turn.HandOut(before: _output);
        if (!Closing.TrySend(_output, code, reason)) return false;

        // Messages that are read from now on are ignored, so reading goes on however many wait for hooks.
        _hooks.ReleaseReader();
        return true;
    }

    private void Break()
    {
        Closing.Terminate();
        Cut(isOwn: true);
    }

    /// <summary>Gives up on a hook or stream that does not end: the peer leaves the host at once, and <see cref="RunAsync"/> waits for it only while it has memory of the transport's.</summary>
    internal string? Abandon()
    {
        // Before the close hook is called because of what follows.
        var hook = _hooks.PendingHook ?? (_streams is { IsEmpty: false } ? "Stream" : null);
        Terminate();
        Metrics.Exceeded(nameof(PeerOptions.ShutdownTimeout));
        _isGivenUp = true;
        Leave();
        return hook;
    }

    private void Cut(bool isOwn)
    {
        if (isOwn) _isOwnCut = true;
        _isCut = true;
        _output.Lose();
        Abort();
        _hooks.ReleaseReader();
    }

    // Whoever sends or publishes can get here, and the heartbeat of all: a transport that fails even at this throws at none of them.
    private void Abort()
    {
        try
        {
            _output.Transport?.Abort();
        }
        catch (Exception exception)
        {
            Host.Log.TransportFailed(exception, Peer, Info.Name);
        }
    }

    // Logging is foreign code, and the channel's lock is held.
    void IOutputOwner.Refused(OutputKind kind, AppendResult result, int length)
    {
        if (result == AppendResult.Overflow) SendClose(CloseCode.TryAgainLater, "too much is waiting");
        ThreadPool.UnsafeQueueUserWorkItem(_ => NoteRefused(kind, result, length), null);
    }

    private void NoteRefused(OutputKind kind, AppendResult result, int length)
    {
        switch (result)
        {
            case AppendResult.TooLong:
                Metrics.Exceeded(nameof(PeerOptions.MaxBufferedBytes));
                Host.Log.TooLongToSend(Peer, Info.Name, length, Options);
                break;
            case AppendResult.Overflow:
                Metrics.Exceeded(nameof(PeerOptions.MaxBufferedBytes));
                Host.Log.TooSlow(Peer, Info.Name, Options);
                break;
            case AppendResult.Dropped when kind == OutputKind.Own:
                Metrics.Exceeded(nameof(PeerOptions.MaxHookBytes));
                Host.Log.HookSentTooMuch(Peer, Info.Name, length, Options);
                break;
            case AppendResult.Dropped when kind == OutputKind.Direct && Options.SlowPeerPolicy == SlowPeerPolicy.Close:
                Metrics.Exceeded(nameof(PeerOptions.MaxBufferedBytes));
                Host.Log.DirectSendDropped(Peer, Info.Name, length, Options);
                break;
        }
    }

    void IOutputOwner.Taken(SharedFrame frame)
    {
        var tally = MessageTally.Of(Turn.OfThread);
        foreach (var run in frame.Runs) tally.Sent(Metrics, run.Type, run.Messages, run.Bytes);
    }

    void IOutputOwner.OutputDrained()
    {
        if (!Has(PeerHooks.Drain)) return;
        using var turn = Turn.Enter();
        Metrics.Look();
        _hooks.PostLatest(HookKind.Drain);
    }

    void IOutputOwner.DispatchResumed()
    {
        using var turn = Turn.Enter();
        Metrics.Look();
        _hooks.Resume();
    }

    void IOutputOwner.WritePending() => Attend();

    void IOutputOwner.OutputLost(Exception? why)
    {
        // What follows from our own cut is no failure.
        if (why is not null && !_isOwnCut) Host.Log.OutputFailed(why, Peer, Info.Name);
        Cut(isOwn: false);
    }
}
