using System.Diagnostics;
using System.IO.Pipelines;
using System.Security.Cryptography;
using Peers.WebSockets;

namespace Peers;

/// <summary>The client's end of a connection: frames out and in. It answers pings and the close frame by itself. RFC 6455, the client's role.</summary>
/// <param name="pipe">The client's end of the pair. Its output takes any amount without waiting.</param>
/// <param name="received">Called by the read loop for each message, which owns its payload. Must not throw.</param>
internal sealed class ClientWire(IDuplexPipe pipe, Action<Message> received)
{
    private readonly TaskCompletionSource<CloseEvent> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Read side: touched only by the read loop.
    private readonly MessageAssembler _assembler = new(expectMasked: false, int.MaxValue, int.MaxValue);

    // Guarded by _lock: what is written, and how the connection ends.
    private readonly Lock _lock = new();
    private readonly Queue<SentPing> _pings = new();
    private CloseInitiator? _initiator;
    private (CloseCode Code, string Reason)? _closeReceived;
    private bool _isCloseSent;
    private bool _isOutputOver;
    private bool _isDropped;
    private TaskCompletionSource? _resumed;

    /// <summary>How the connection ended, as the client sees it.</summary>
    public Task<CloseEvent> Closed => _closed.Task;

    /// <summary>Whether <see cref="Pause"/> holds.</summary>
    public bool IsPaused
    {
        get { lock (_lock) return _resumed is not null; }
    }

    /// <summary>Reads until the connection ends, whatever the way. Never faults.</summary>
    public async Task RunAsync()
    {
        while (await ReadOnceAsync()) { }
        End();
    }

    /// <summary>Sends a whole message.</summary>
    /// <returns>False where the connection is over or this end has begun to close it: nothing was sent.</returns>
    public bool TrySend(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        lock (_lock)
        {
            if (_isOutputOver) return false;
            Write(opcode, payload);
            return true;
        }
    }

    /// <summary>Sends a ping.</summary>
    /// <returns>True when its pong has come, and with it all that the server sent before; false when the connection ends without.</returns>
    public Task<bool> PingAsync(ReadOnlyMemory<byte> payload)
    {
        lock (_lock)
        {
            if (_isOutputOver) return Task.FromResult(false);
            var ping = new SentPing(payload.ToArray(), new(TaskCreationOptions.RunContinuationsAsynchronously));
            _pings.Enqueue(ping);
            Write(Opcode.Ping, payload.Span);
            return ping.Answered.Task;
        }
    }

    /// <summary>Sends a close frame, unless one was sent. Reading goes on until the server's has come.</summary>
    public void Close(CloseCode code, string? reason)
    {
        lock (_lock)
        {
            _initiator ??= CloseInitiator.Local;
            SendClose(code, reason);
        }
    }

    /// <summary>Cuts the connection: no close frame, nothing more is read.</summary>
    public void Drop()
    {
        lock (_lock)
        {
            _initiator ??= CloseInitiator.Local;
            _isDropped = true;
            _isOutputOver = true;
            pipe.Output.Complete();
        }

        Resume();
        pipe.Input.CancelPendingRead();
    }

    /// <summary>Stops reading: what comes waits in the pipe, which takes little, and then at the server.</summary>
    public void Pause()
    {
        lock (_lock) _resumed ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Reads on.</summary>
    public void Resume()
    {
        lock (_lock)
        {
            _resumed?.TrySetResult();
            _resumed = null;
        }
    }

    private async Task<bool> ReadOnceAsync()
    {
        await WhenResumed();
        var read = await pipe.Input.ReadAsync();
        if (IsDropped) return false;
        if (IsPaused)
        {
            pipe.Input.AdvanceTo(read.Buffer.Start);
            return true;
        }

        var goesOn = true;
        foreach (var segment in read.Buffer)
        {
            goesOn = goesOn && Take(segment.ToArray());
        }

        pipe.Input.AdvanceTo(read.Buffer.End);
        return goesOn && !read.IsCompleted;
    }

    private bool IsDropped
    {
        get { lock (_lock) return _isDropped; }
    }

    private Task WhenResumed()
    {
        lock (_lock) return _resumed?.Task ?? Task.CompletedTask;
    }

    // False when nothing more is to be read.
    private bool Take(byte[] bytes)
    {
        for (var offset = 0; ;)
        {
            switch (_assembler.Read(bytes, ref offset, out var payload))
            {
                case FrameEvent.NeedMore:
                    return true;
                case FrameEvent.Text:
                    received(new(MessageKind.Text, payload.ToArray()));
                    break;
                case FrameEvent.Binary:
                    received(new(MessageKind.Binary, payload.ToArray()));
                    break;
                case FrameEvent.Ping:
                    TrySend(Opcode.Pong, payload.Span);
                    break;
                case FrameEvent.Pong:
                    TakePong(payload.Span);
                    break;
                case FrameEvent.Close:
                    TakeClose(payload.Span);
                    return false;
                case FrameEvent.Fault:
                    Close(_assembler.Fault.Code, _assembler.Fault.Reason);
                    return false;
            }
        }
    }

    // RFC 6455 §5.5.3: the answer to a ping may answer those before it too.
    private void TakePong(ReadOnlySpan<byte> payload)
    {
        lock (_lock)
        {
            if (!IsAwaited(payload)) return;
            while (true)
            {
                var ping = _pings.Dequeue();
                ping.Answered.TrySetResult(true);
                if (ping.Payload.AsSpan().SequenceEqual(payload)) return;
            }
        }
    }

    private bool IsAwaited(ReadOnlySpan<byte> payload)
    {
        foreach (var ping in _pings)
        {
            if (ping.Payload.AsSpan().SequenceEqual(payload)) return true;
        }

        return false;
    }

    // RFC 6455 §5.5.1: a close frame is answered with its own code.
    private void TakeClose(ReadOnlySpan<byte> payload)
    {
        if (!ClosePayload.TryParse(payload, out var code, out var reason, out var fault))
        {
            Close(fault.Code, fault.Reason);
            return;
        }

        lock (_lock)
        {
            _initiator ??= CloseInitiator.Remote;
            _closeReceived = (code, reason);
            SendClose(code, reason: null);
        }
    }

    private void SendClose(CloseCode code, string? reason)
    {
        if (_isOutputOver) return;
        Span<byte> payload = stackalloc byte[ClosePayload.MaxLength];
        Write(Opcode.Close, payload[..ClosePayload.Write(payload, code, reason)]);
        _isCloseSent = true;
        _isOutputOver = true;
    }

    private void Write(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        var start = FrameWriter.HeaderLength(payload.Length, masked: true);
        var frame = pipe.Output.GetSpan(start + payload.Length);

        // RFC 6455 §5.3: a key that nobody can foresee.
        var key = (uint)RandomNumberGenerator.GetInt32(int.MinValue, int.MaxValue);
        FrameWriter.WriteHeader(frame, opcode, fin: true, payload.Length, key);
        var body = frame.Slice(start, payload.Length);
        payload.CopyTo(body);
        Masking.Apply(body, key);
        pipe.Output.Advance(start + payload.Length);
        var flush = pipe.Output.FlushAsync();
        Debug.Assert(flush.IsCompleted, "The output takes any amount without waiting.");
    }

    private void End()
    {
        CloseEvent close;
        lock (_lock)
        {
            _isOutputOver = true;
            pipe.Output.Complete();
            while (_pings.TryDequeue(out var ping)) ping.Answered.TrySetResult(false);
            var (code, reason) = _closeReceived ?? (CloseCode.Abnormal, "");
            close = new(code, reason, _isCloseSent && _closeReceived is not null, _initiator ?? CloseInitiator.Remote);
        }

        pipe.Input.Complete();
        _assembler.Dispose();
        _closed.TrySetResult(close);
    }

    private readonly record struct SentPing(byte[] Payload, TaskCompletionSource<bool> Answered);
}
