using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Peers.Transports;
using Peers.WebSockets;

namespace Peers.Tests.Kit;

/// <summary>The client's end of a connection in memory, with the server's connection running at the other end.</summary>
internal sealed class MemoryClient : IAsyncDisposable, IAcknowledgements
{
    private const uint Key = 0x5A17C0DE;

    private readonly IDuplexPipe _pipe;
    private readonly PipeWriter _serverOutput;
    private readonly MessageAssembler _assembler = new(expectMasked: false, 64 << 20, int.MaxValue);
    private readonly Queue<Frame> _received = new();

    private long _read;

    private MemoryClient(PeerConnection connection, IDuplexPipe pipe, PipeWriter serverOutput) =>
        (Connection, _pipe, _serverOutput) = (connection, pipe, serverOutput);

    public PeerConnection Connection { get; }

    public Peer Peer => Connection.Peer;

    /// <summary>Completes when the server is done with the connection.</summary>
    public Task Run { get; private set; } = Task.CompletedTask;

    /// <summary>How many frames have been received and not yet asked for.</summary>
    public int Waiting => _received.Count;

    public static async Task<MemoryClient> ConnectAsync<THandler>(PeerHost host, THandler handler, PeerOptions? options = null, Action<MemoryRequest>? configure = null, PipeOptions? pipes = null, PipeOptions? toServer = null)
        where THandler : Script, IPeerHandler<THandler>
    {
        var services = new OneService(handler);
        var connection = PeerConnection.Create<THandler>(host, options ?? new(), services);
        var request = new MemoryRequest(services);
        configure?.Invoke(request);
        await connection.UpgradeAsync(request);
        var (server, client) = MemoryTransport.CreatePair(toServer ?? pipes ?? PipeOptions.Default, pipes ?? PipeOptions.Default);
        var memory = new MemoryClient(connection, client, server.Output);
        memory.Run = connection.RunAsync(new PipeTransport(server, new Below(server, static server => Cut((IDuplexPipe)server)), memory));
        if (connection.Extensions.Length > 0) memory._assembler.Inflater = new(new ZlibCodec(), 64 << 20, connection.Extensions.Contains("server_no_context_takeover", StringComparison.Ordinal) ? 0 : 15);
        return memory;
    }

    public ValueTask SendAsync(string text) => SendAsync(Opcode.Text, Encoding.UTF8.GetBytes(text));

    public ValueTask SendAsync(params byte[] data) => SendAsync(Opcode.Binary, data);

    public ValueTask SendAsync(Opcode opcode, byte[] payload, bool fin = true) => SendRawAsync(Encode(opcode, payload, fin));

    public async ValueTask SendRawAsync(byte[] bytes) => await _pipe.Output.WriteAsync(bytes);

    public static byte[] Encode(Opcode opcode, byte[] payload, bool fin = true)
    {
        var frame = new byte[FrameWriter.HeaderLength(payload.Length, masked: true) + payload.Length];
        var header = FrameWriter.WriteHeader(frame, opcode, fin, payload.Length, Key);
        payload.CopyTo(frame, header);
        Masking.Apply(frame.AsSpan(header), Key);
        return frame;
    }

    public static byte[] Encode(string text) => Encode(Opcode.Text, Encoding.UTF8.GetBytes(text));

    public async Task<string> ReceiveTextAsync()
    {
        var frame = await ReceiveAsync();
        Assert.Equal(FrameEvent.Text, frame.Kind);
        return frame.Text;
    }

    public async Task<CloseCode> ReceiveCloseAsync()
    {
        var frame = await ReceiveAsync();
        Assert.Equal(FrameEvent.Close, frame.Kind);
        Assert.True(ClosePayload.TryParse(frame.Payload, out var code, out _, out _));
        return code;
    }

    public async Task<Frame> ReceiveAsync()
    {
        while (_received.Count == 0)
        {
            var read = await _pipe.Input.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience.Limit);
            Parse(read.Buffer.ToArray());
            _pipe.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted && _received.Count == 0) return new(FrameEvent.NeedMore, []);
        }

        return _received.Dequeue();
    }

    /// <summary>Reads one frame and leaves what follows it unread, as a client does that reads slowly.</summary>
    public async Task<Frame> ReceiveOneAsync()
    {
        while (true)
        {
            var read = await _pipe.Input.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience.Limit);
            var bytes = read.Buffer.ToArray();
            var length = bytes.Length < 2 || bytes[1] >= 126 ? int.MaxValue : 2 + bytes[1];
            if (bytes.Length >= length)
            {
                _pipe.Input.AdvanceTo(read.Buffer.GetPosition(length));
                Interlocked.Add(ref _read, length);
                Parse(bytes[..length]);
                return _received.Dequeue();
            }

            _pipe.Input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            if (read.IsCompleted) return new(FrameEvent.NeedMore, []);
        }
    }

    bool IAcknowledgements.TryRead(out long bytes, out bool isOutstanding)
    {
        (bytes, isOutstanding) = (Interlocked.Read(ref _read), false);
        return true;
    }

    /// <summary>Returns when the server has stopped reading because too much waits for a hook.</summary>
    public async Task PausedAsync()
    {
        for (var end = Environment.TickCount64 + Patience.Limit.TotalMilliseconds; !Connection.IsReadingStopped; await Task.Yield())
        {
            Assert.True(Environment.TickCount64 < end, "The server reads on.");
        }
    }

    /// <summary>Ends the server's output behind its back.</summary>
    public ValueTask EndServerOutputAsync() => _serverOutput.CompleteAsync();

    /// <summary>Ends the stream without a close frame.</summary>
    public ValueTask DropAsync() => _pipe.Output.CompleteAsync();

    public ValueTask CloseAsync(CloseCode code = CloseCode.Normal)
    {
        var payload = new byte[2];
        ClosePayload.Write(new byte[ClosePayload.MaxLength], code, null);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)code);
        return SendAsync(Opcode.Close, payload);
    }

    public async ValueTask DisposeAsync()
    {
        await _pipe.Output.CompleteAsync();
        await _pipe.Input.CompleteAsync();
        await Run.WaitAsync(Patience.Limit);
    }

    private void Parse(byte[] bytes)
    {
        for (var offset = 0; ;)
        {
            var kind = _assembler.Read(bytes, ref offset, out var payload);
            if (kind == FrameEvent.NeedMore) return;
            Assert.NotEqual(FrameEvent.Fault, kind);
            _received.Enqueue(new(kind, payload.ToArray()));
        }
    }

    private static void Cut(IDuplexPipe server)
    {
        server.Input.CancelPendingRead();
        server.Output.CancelPendingFlush();
    }
}

/// <summary>What the client received. <see cref="FrameEvent.NeedMore"/> stands for the end of the stream.</summary>
internal sealed record Frame(FrameEvent Kind, byte[] Payload)
{
    public string Text => Encoding.UTF8.GetString(Payload);
}

/// <summary>How long a test waits for what must happen.</summary>
internal static class Patience
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static Task<T> Soon<T>(this TaskCompletionSource<T> source) => source.Task.WaitAsync(Limit);

    public static Task Soon(this TaskCompletionSource source) => source.Task.WaitAsync(Limit);

    public static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static TaskCompletionSource<T> Signal<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
