using Peers.Observability;
using Peers.Transports;
using Peers.WebSockets;

namespace Peers;

// Bytes in: frames become messages, messages become hook calls.
public sealed partial class PeerConnection
{
    /// <summary>Takes bytes that were read, all of them, and runs what they complete. One caller at a time: the transport's read loop.</summary>
    /// <param name="bytes">Overwritten: payloads are unmasked in place. Lent to a hook while <see cref="HoldsInput"/> is set afterwards.</param>
    public ReceiveResult Receive(Memory<byte> bytes)
    {
        (_silentSince, _isPinged) = (Host.NextBeat, false);
        Metrics.BytesRead(bytes.Length);
        if (_isDiscarding) return Discard(bytes.Span);

        return ReceiveBatch(bytes);
    }

    /// <summary>Completes when reading may go on after <see cref="ReceiveResult.Pause"/>, or is over. The keep-alive clock stands meanwhile.</summary>
    /// <returns><see cref="ReceiveResult.Continue"/> or <see cref="ReceiveResult.Stop"/>.</returns>
    public async Task<ReceiveResult> WhenReadable()
    {
        ReceiveResult result;
        var isNoted = false;
        _isPaused = true;
        do
        {
            // Also where the budget of a pass ended it, and too much waits only after some of the rest has been taken.
            if (!isNoted && _hooks.IsFull)
            {
                NotePause();
                isNoted = true;
            }

            await _hooks.WhenReadable();

            // What one client sent costs much: a loop serves its neighbours meanwhile.
            if (_deferred is not null) await ThreadPoolYield.Now;
            _bucket?.Resume(Host.Now);
            result = ReceiveDeferred();
        }
        while (result == ReceiveResult.Pause && !_isCut);
        (_silentSince, _isPaused) = (Host.NextBeat, false);
        return result == ReceiveResult.Pause ? ReceiveResult.Stop : result;
    }

    private void NotePause()
    {
        Metrics.Exceeded(nameof(PeerOptions.MaxPendingBytes));
        Host.Log.Paused(Peer, Info.Name, Options.MaxPendingBytes);
    }

    private ReceiveResult ReceiveBatch(Memory<byte> bytes)
    {
        using var turn = Turn.Enter();
        Metrics.Look();
        _bucket?.Advance(Host.Now);
        _hooks.BeginBatch(bytes.Length);
        try
        {
            return ReadMessages(bytes);
        }
        finally
        {
            _hooks.EndBatch();
        }
    }

    private ReceiveResult ReadMessages(Memory<byte> bytes)
    {
        var offset = 0;
        var budget = new PassBudget(Host.Time);
        while (true)
        {
            if (_assembler.Inflater is not null) StopInflatingWhereDone();
            switch (_assembler.Read(bytes, ref offset, out var payload))
            {
                case FrameEvent.NeedMore:
                    return _hooks.IsFull ? ReceiveResult.Pause : ReceiveResult.Continue;
                case FrameEvent.Text:
                    TakeMessage(HookKind.Text, PeerHooks.Text, payload);
                    break;
                case FrameEvent.Binary:
                    TakeMessage(HookKind.Binary, PeerHooks.Binary, payload);
                    break;
                case FrameEvent.Ping:
                    TakePing(payload);
                    break;
                case FrameEvent.Pong:
                    TakePong(payload);
                    break;
                case FrameEvent.Close:
                    return TakeClose(payload.Span, bytes.Span[offset..]);
                case FrameEvent.Fault:
                    return Fail(_assembler.Fault, bytes.Span[offset..]);
            }

            if (HasToStop(ref budget) && offset < bytes.Length) return Defer(bytes.Span[offset..]);
        }
    }

    // A few bytes may inflate to very many: where messages are compressed, too much waits long before all that was read is taken.
    private bool HasToStop(ref PassBudget budget)
    {
        if (_assembler.Inflater is not { } inflater) return budget.Spend();
        return budget.Spend(inflater.TakeInflated()) || _hooks.IsFull;
    }

    // After our own close frame only replies are still waited for.
    private void StopInflatingWhereDone()
    {
        if (_output.IsSealed && Volatile.Read(ref _requests) is not { Count: > 0 }) _assembler.Inflater!.Stop();
    }

    // What comes after our own close frame is not for hooks any more.
    private void TakeMessage(HookKind kind, PeerHooks hook, ReadOnlyMemory<byte> payload)
    {
        var isText = kind == HookKind.Text;
        var isReply = isText && TryTakeReply(payload.Span);
        if (!isReply && (_output.IsSealed || !IsInRate())) return;

        if (isReply || (isText && TryCancelAtOnce(payload.Span)))
        {
            NoteReceived(isReply ? MetricTags.Reply : MetricTags.Cancel, payload.Length);
            return;
        }

        if (Has(hook))
        {
            _hooks.Dispatch(CallOf(kind, payload));
            return;
        }

        NoteReceived(MetricTags.Other, payload.Length);
        Host.Log.NoHook(Peer, Info.Name, isText ? MessageKind.Text : MessageKind.Binary);
        SendClose(CloseCode.UnsupportedData, "no hook takes this kind of message");
    }

    private void TakePing(ReadOnlyMemory<byte> payload)
    {
        if (!IsInRate()) return;
        SendControl(Opcode.Pong, payload.Span);
        if (Has(PeerHooks.Ping)) _hooks.DispatchLatest(CallOf(HookKind.Ping, payload));
    }

    private void TakePong(ReadOnlyMemory<byte> payload)
    {
        if (!TryTakePongDue() && !IsInRate()) return;
        if (Has(PeerHooks.Pong)) _hooks.DispatchLatest(CallOf(HookKind.Pong, payload));
    }

    // A payload that was gathered goes to the hook with its buffer. Any other lies in the input, which a hook may borrow from the transport, or in what was deferred, which it may not.
    private HookCall CallOf(HookKind kind, ReadOnlyMemory<byte> payload)
    {
        var call = new HookCall(kind, payload, _assembler.OwnsPayload ? _assembler.TakeBuffer() : null);
        return _isReplaying && Borrows(kind) ? call.Keep() : call;
    }

    // The transport gives its buffer to other connections: what is left is copied.
    private ReceiveResult Defer(ReadOnlySpan<byte> rest)
    {
        if (!_isReplaying)
        {
            _deferred = Buffers.Rent<byte>(rest.Length);
            rest.CopyTo(_deferred);
            _deferredEnd = rest.Length;
        }

        _deferredStart = _deferredEnd - rest.Length;
        return ReceiveResult.Pause;
    }

    private ReceiveResult ReceiveDeferred()
    {
        if (_deferred is null) return ReceiveResult.Continue;
        var rest = _deferred.AsMemory(_deferredStart, _deferredEnd - _deferredStart);
        _deferredStart = _deferredEnd;
        _isReplaying = true;
        var result = _isCut ? ReceiveResult.Stop : ReceiveBatch(rest);
        _isReplaying = false;
        if (_deferredStart == _deferredEnd) ReturnDeferred();
        return result;
    }

    /// <summary>Ends the taking of what was read: the transport has lost the connection, or ends reading, while <see cref="WhenReadable"/> is awaited. Any thread.</summary>
    internal void StopTaking()
    {
        _isCut = true;
        _hooks.ReleaseReader();
    }

    private void ReturnDeferred()
    {
        if (_deferred is not null) Buffers.Return(_deferred);
        _deferred = null;
    }

    // RFC 6455 §5.5.1: a close frame is answered with its own code.
    private ReceiveResult TakeClose(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> rest)
    {
        if (!ClosePayload.TryParse(payload, out var code, out var reason, out var fault)) return Fail(fault, rest);
        Closing.Receive(code, reason);
        if (TrySendClose(Turn.OfThread, code, "")) SetDeadline(Options.CloseTimeout);
        return ReceiveResult.Stop;
    }

    // RFC 6455 §7.1.7: the close frame goes out behind what was sent; then everything is discarded until the remote end has closed too, or a moment passed.
    private ReceiveResult Fail(ProtocolFault fault, ReadOnlySpan<byte> rest)
    {
        LogFault(fault);
        if (!TrySendClose(Turn.OfThread, fault.Code, fault.Reason) && !Closing.IsSent) return ReceiveResult.Stop;
        SetDeadline(s_lingerTime);
        _isDiscarding = true;
        return Discard(rest);
    }

    private ReceiveResult Discard(ReadOnlySpan<byte> bytes)
    {
        if (!_assembler.SkipToClose(bytes)) return ReceiveResult.Continue;
        Closing.Receive(CloseCode.NoStatus, "");
        return ReceiveResult.Stop;
    }

    private void LogFault(ProtocolFault fault)
    {
        if (fault.Code != CloseCode.MessageTooBig)
        {
            Host.Log.ProtocolBroken(Peer, Info.Name, fault.Code, fault.Reason);
            return;
        }

        var isTooLong = _assembler.AnnouncedLength > Options.MaxMessageSize;
        Metrics.Exceeded(isTooLong ? nameof(PeerOptions.MaxMessageSize) : nameof(PeerOptions.MaxFragments));
        if (isTooLong) Host.Log.MessageTooBig(Peer, Info.Name, _assembler.AnnouncedLength, Options);
        else Host.Log.TooManyFragments(Peer, Info.Name, Options);
    }
}
