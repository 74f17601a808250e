using System.IO.Pipelines;
using Peers.Tests.Kit;
using Peers.WebSockets;

namespace Peers.Tests;

/// <summary>What the engine allocates between read and flush: nothing. The counts over real sockets stand in Peer.AspNetCore.Tests.</summary>
[Collection(nameof(Alone))]
public sealed class AllocationTests : IDisposable
{
    private const int Messages = 100_000;

    private readonly PeerHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task Binary_echo_allocates_nothing()
    {
        var sink = await RunAsync(new ScriptedHandler { Binary = (peer, payload) => { peer.SendBinary(payload.Span); return default; } });
        Assert.InRange(Measure(sink, MemoryClient.Encode(Opcode.Binary, new byte[20])), 0, 0.1);
    }

    [Fact]
    public async Task Pipelined_binary_echo_allocates_nothing()
    {
        var sink = await RunAsync(new ScriptedHandler { Binary = (peer, payload) => { peer.SendBinary(payload.Span); return default; } });
        byte[] sixteen = [.. Enumerable.Range(0, 16).SelectMany(_ => MemoryClient.Encode(Opcode.Binary, new byte[20]))];
        Assert.InRange(Measure(sink, sixteen), 0, 0.1);
    }

    [Fact]
    public async Task Fragmented_and_pinged_echo_allocates_nothing()
    {
        var sink = await RunAsync(new ScriptedHandler { Binary = (peer, payload) => { peer.SendBinary(payload.Span); return default; } });
        byte[] mixed =
        [
            .. MemoryClient.Encode(Opcode.Binary, new byte[300], fin: false),
            .. MemoryClient.Encode(Opcode.Ping, new byte[10]),
            .. MemoryClient.Encode(Opcode.Continuation, new byte[300]),
        ];
        Assert.InRange(Measure(sink, mixed), 0, 0.1);
    }

    [Fact]
    public async Task Publishing_to_a_hundred_peers_allocates_nothing()
    {
        for (var i = 0; i < 100; i++) (await RunAsync(new ScriptedHandler())).Connection.Peer.Subscribe("room");
        var sink = await RunAsync(new ScriptedHandler { Binary = (peer, payload) => { peer.PublishBinary("room", payload.Span); return default; } });
        Assert.InRange(Measure(sink, MemoryClient.Encode(Opcode.Binary, new byte[20]), count: Messages / 10), 0, 0.1);
    }

    private async Task<Sink> RunAsync(ScriptedHandler handler)
    {
        var services = new Services(handler);
        var connection = PeerConnection.Create<ScriptedHandler>(_host, new(), services);
        await connection.UpgradeAsync(new MemoryRequest(services));
        var sink = new Sink(connection);
        _ = connection.RunAsync(sink);
        return sink;
    }

    private static double Measure(Sink sink, byte[] frames, int count = Messages)
    {
        var input = new byte[frames.Length];
        for (var i = 0; i < 1000; i++) Receive();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < count; i++) Receive();
        return (double)(GC.GetAllocatedBytesForCurrentThread() - before) / count;

        void Receive()
        {
            frames.CopyTo(input, 0);
            sink.Connection.Receive(input);
        }
    }

    private sealed class Services(Script script) : IServiceProvider
    {
        public object? GetService(Type serviceType) => script;
    }

    /// <summary>A transport that takes everything and reads nothing: the test is the network.</summary>
    private sealed class Sink(PeerConnection connection) : PeerTransport
    {
        private readonly TaskCompletionSource _aborted = new();

        public PeerConnection Connection => connection;

        public override Task ReadAllAsync(PeerConnection connection) => _aborted.Task;

        public override void ReleaseInput()
        {
        }

        public override void Write(ReadOnlySpan<byte> bytes)
        {
        }

        public override ValueTask<FlushResult> FlushAsync() => default;

        public override ValueTask CompleteAsync() => default;

        public override void Abort() => _aborted.TrySetResult();
    }
}
