using Peers.Observability;
using Peers.Transports;
using Peers.WebSockets;

namespace Peers;

// Streams of replies: opened by a hook, run beside later ones, ended by themselves, by the client or with the peer.
public sealed partial class PeerConnection
{
    // Null until a stream is opened. Made by whoever runs hooks, used by any thread.
    private volatile StreamSet? _streams;

    /// <summary>A stream holds its next item back while more than this waits to be sent.</summary>
    internal long StreamThreshold => Math.Min(Options.DrainThreshold, Options.MaxBufferedBytes / 2);

    /// <summary>Opens a stream for the message whose hook is about to be called. It does not count before it runs.</summary>
    /// <param name="refusal">The code of the error, where null is returned.</param>
    internal PeerStream<T>? OpenStream<T>(out string? refusal) where T : IMessage<T>
    {
        var streams = _streams ??= new(Options.MaxStreams);
        refusal = streams.Refuse(RequestId);
        return refusal is null ? new(this, _messageType, RequestId) : null;
    }

    /// <summary>Tells the client why its stream was not opened.</summary>
    internal ValueTask RefuseStreamAsync(string? refusal)
    {
        if (refusal == "invalid") return RejectAsync("invalid", _messageType, "A stream of this $id is running.", isJson: true);
        Metrics.Exceeded(nameof(PeerOptions.MaxStreams));
        Host.Log.TooManyStreams(Peer, Info.Name, Options);
        SendError(RequestId, "busy", "Too many streams are running.");
        return default;
    }

    /// <summary>A hook returned what the stream is to send.</summary>
    /// <returns>False where the peer has left or is closed, so that nothing is to be enumerated.</returns>
    internal bool TryBegin(PeerStream stream) => !_output.IsSealed && _streams!.TryAdd(stream);

    /// <summary>Sends an item.</summary>
    /// <returns><see cref="AppendResult.Dropped"/> where it does not fit yet: it is to be sent again when less waits.</returns>
    internal AppendResult SendItem<T>(in T item, ReadOnlySpan<byte> requestId) where T : IMessage<T>
    {
        if (_output.IsSealed) return AppendResult.Closed;
        var buffer = MessageBuffer.Rent();
        try
        {
            buffer.Write(in item, requestId);
            using var turn = Turn.Enter();
            turn.HandOut(before: _output);
            var result = AppendMessage(OutputKind.Item, Opcode.Text, buffer.PayloadSpan, compress: false);
            NoteSent(turn, result, T.Type, buffer.PayloadLength);
            turn.Relieve();
            return result;
        }
        finally
        {
            buffer.Return();
        }
    }

    /// <summary>A stream has run, and its enumerator is disposed.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="failure">What its enumerator threw, or null.</param>
    internal void End(PeerStream stream, Exception? failure)
    {
        // The client may use the place and the $id again as soon as it has the last answer.
        _streams!.Remove(stream);
        var isCancelled = failure is OperationCanceledException && stream.Cancelled.IsCancellationRequested;
        if (failure is not null && !isCancelled && !HasGivenUp(failure)) Fail(stream, failure);
        else if (stream.RequestId.IsEmpty) return;
        else if (stream.IsCancelledByClient) SendError(stream.RequestId, "cancelled", "The stream was cancelled.");
        else SendEnd(stream.RequestId);
    }

    /// <summary>Cancels the stream of a request, where one runs.</summary>
    internal void CancelStream(ReadOnlySpan<byte> requestId) => _streams?.TryCancel(requestId);

    // As for any hook that fails, but the error hook must wait for its turn.
    private void Fail(PeerStream stream, Exception exception)
    {
        LogHookFailed(exception, HookKind.Text, stream.MessageType);
        var isRequest = !stream.RequestId.IsEmpty;
        if (isRequest) SendError(stream.RequestId, "failed", "The request failed.");
        if (!Has(PeerHooks.Error))
        {
            if (!isRequest) Close(CloseCode.InternalError, "a hook failed");
            return;
        }

        _streams!.AddFailure(new(PeerErrorKind.HookFailed, exception, NameOf(HookKind.Text), stream.MessageType, isRequest ? PeerErrorAction.Continue : PeerErrorAction.Close));
        using var turn = Turn.Enter();
        Metrics.Look();
        _hooks.Post(new HookCall(HookKind.StreamFailed));
    }

    // What is written as we would write it need not wait for a pending hook; any other goes the way of all messages.
    private bool TryCancelAtOnce(ReadOnlySpan<byte> text) =>
        _streams is { } streams
        && text.StartsWith("{\"type\":\"$cancel\","u8)
        && MessageEnvelope.TryScan(text, out _, out var requestId, out _)
        && streams.TryCancel(requestId);

    private void SendEnd(ReadOnlySpan<byte> requestId)
    {
        var buffer = MessageBuffer.Rent();
        try
        {
            buffer.WriteEnd(requestId);
            SendPayload(OutputKind.Status, Opcode.Text, buffer.PayloadSpan, compress: false, MetricTags.End);
        }
        finally
        {
            buffer.Return();
        }
    }
}
