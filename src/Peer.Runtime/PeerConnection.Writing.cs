using Peers.Observability;
using Peers.Transports;
using Peers.WebSockets;

namespace Peers;

// Bytes out: messages become frames, frames wait in the output; and the ways in which writing ends.
public sealed partial class PeerConnection
{
    internal SendStatus Send<T>(in T message, bool compress) where T : IMessage<T> => SendMessage(OutputKind.Direct, in message, requestId: default, compress);

    internal void Reply<T>(in T message) where T : IMessage<T> => SendMessage(OutputKind.Reply, in message, RequestId, compress: false);

    /// <summary>Sends a message, compressed where that is asked for or it is long enough, and the client agreed.</summary>
    internal SendStatus SendPayload(OutputKind kind, Opcode opcode, ReadOnlySpan<byte> payload, bool compress, string type)
    {
        using var turn = Turn.Enter();
        turn.HandOut(before: _output);
        var result = AppendMessage(kind, opcode, payload, compress);
        NoteSent(turn, result, type, payload.Length);
        return Settle(turn, result, payload.Length);
    }

    private SendStatus SendControl(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        using var turn = Turn.Enter();
        return Settle(turn, AppendFrame(OutputKind.Control, opcode, payload, isCompressed: false), payload.Length);
    }

    private AppendResult AppendFrame(OutputKind kind, Opcode opcode, ReadOnlySpan<byte> payload, bool isCompressed)
    {
        Span<byte> header = stackalloc byte[FrameWriter.MaxHeaderLength];
        header = header[..FrameWriter.WriteHeader(header, opcode, fin: true, payload.Length, isCompressed)];
        return _output.Append(kind, header, payload);
    }

    private SendStatus Settle(Turn turn, AppendResult result, int length)
    {
        if (result is AppendResult.Overflow or AppendResult.TooLong) Refuse(result, length);
        turn.Relieve();
        return result <= AppendResult.Closed ? (SendStatus)result : SendStatus.Dropped;
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
            SendPayload(OutputKind.Reply, Opcode.Text, buffer.PayloadSpan, compress: false, MetricTags.Error);
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
        Interlocked.Increment(ref _pongsDue);
        SendControl(Opcode.Ping, payload);
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
        return Closing.TrySend(_output, code, reason);
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

    private void Refuse(AppendResult result, int length)
    {
        LogRefused(result, length);
        if (result == AppendResult.Overflow) CloseSlow();
    }

    // Logging is foreign code, and the channel's lock is held.
    void IOutputOwner.Refused(AppendResult result, int length)
    {
        if (result == AppendResult.Overflow) CloseSlow();
        ThreadPool.UnsafeQueueUserWorkItem(_ => LogRefused(result, length), null);
    }

    private void LogRefused(AppendResult result, int length)
    {
        Metrics.Exceeded(nameof(PeerOptions.MaxBufferedBytes));
        if (result == AppendResult.Overflow) Host.Log.TooSlow(Peer, Info.Name, Options);
        else Host.Log.TooLongToSend(Peer, Info.Name, length, Options);
    }

    private void CloseSlow() => SendClose(CloseCode.TryAgainLater, "too much is waiting");

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

    void IOutputOwner.OutputLost(Exception? why)
    {
        // What follows from our own cut is no failure.
        if (why is not null && !_isOwnCut) Host.Log.OutputFailed(why, Peer, Info.Name);
        Cut(isOwn: false);
    }
}
