using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.IO.Pipelines;
using Peers.TestKit;
using Peers.Tests.Kit;
using Peers.Tests.Observability;
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
    public async Task Counting_and_timing_for_a_listener_allocates_nothing()
    {
        using var meters = new TestMeters();
        using var host = new PeerHost(meters: meters);
        using var listener = new MeterListener { InstrumentPublished = (instrument, listener) => { if (instrument.Meter.Scope == meters) listener.EnableMeasurementEvents(instrument); } };
        var (counted, timed) = (0L, 0);
        listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => counted += instrument.Name == "peer.sent_messages" ? value : 0);
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => timed++);
        listener.Start();
        var sink = await RunAsync(new ScriptedHandler { Binary = (peer, payload) => { peer.SendBinary(payload.Span); peer.PublishBinary("room", payload.Span); return default; } }, host: host);
        sink.Connection.Peer.Subscribe("room");

        Assert.InRange(Measure(sink, MemoryClient.Encode(Opcode.Binary, new byte[20])), 0, 0.1);
        Assert.InRange(counted, Messages, int.MaxValue);
        Assert.InRange(timed, Messages, int.MaxValue);
    }

    [Fact]
    public async Task A_span_that_is_not_sampled_allocates_no_more_than_to_ask_the_sampler()
    {
        using var source = new ActivitySource("Peers");
        using var spans = new SpanSink(ActivitySamplingResult.None);
        var sink = await RunAsync(new ScriptedHandler { Binary = (peer, payload) => { peer.SendBinary(payload.Span); return default; } });
        var asking = Ask(source);

        Assert.InRange(Measure(sink, MemoryClient.Encode(Opcode.Binary, new byte[20])), 0, asking + 0.1);

        static double Ask(ActivitySource source)
        {
            KeyValuePair<string, object?>[] tags = [new("peer.handler", "Scripted")];
            for (var i = 0; i < 1000; i++) source.StartActivity(ActivityKind.Server, tags: tags, name: "asked")?.Stop();
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < Messages; i++) source.StartActivity(ActivityKind.Server, tags: tags, name: "asked")?.Stop();
            return (double)(GC.GetAllocatedBytesForCurrentThread() - before) / Messages;
        }
    }

    [Fact]
    public async Task Counting_messages_against_a_rate_allocates_nothing()
    {
        var sink = await RunAsync(new ScriptedHandler { Binary = (peer, payload) => { peer.SendBinary(payload.Span); return default; } }, new() { MessageRate = { Limit = int.MaxValue - 1 } });
        Assert.InRange(Measure(sink, MemoryClient.Encode(Opcode.Binary, new byte[20])), 0, 0.1);
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

    [Fact]
    public async Task Publishing_sixteen_at_a_time_to_a_hundred_peers_allocates_nothing()
    {
        for (var i = 0; i < 100; i++) (await RunAsync(new ScriptedHandler())).Connection.Peer.Subscribe("room");
        var sink = await RunAsync(new ScriptedHandler { Binary = (peer, payload) => { peer.PublishBinary("room", payload.Span); return default; } });
        byte[] sixteen = [.. Enumerable.Range(0, 16).SelectMany(_ => MemoryClient.Encode(Opcode.Binary, new byte[64]))];
        Assert.InRange(Measure(sink, sixteen, count: Messages / 10), 0, 0.1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Compressed_echo_allocates_nothing(bool takeover)
    {
        var handler = new ScriptedHandler { Binary = (peer, payload) => { peer.SendBinary(payload.Span, compress: true); return default; } };
        var sink = await RunAsync(handler, Compressing(takeover));
        Assert.InRange(Measure(sink, Compressed(new byte[1000]), count: Messages / 10), 0, 1);
    }

    [Fact]
    public async Task Publishing_compressed_to_a_hundred_peers_allocates_nothing()
    {
        for (var i = 0; i < 100; i++) (await RunAsync(new ScriptedHandler(), Compressing())).Connection.Peer.Subscribe("room");
        var sink = await RunAsync(new ScriptedHandler { Binary = (peer, payload) => { peer.PublishBinary("room", payload.Span, compress: true); return default; } }, Compressing());
        Assert.InRange(Measure(sink, Compressed(new byte[1000]), count: Messages / 10), 0, 1);
    }

    [Fact]
    public async Task An_idle_compressed_peer_keeps_less_than_a_kibibyte_more_than_a_plain_one()
    {
        const int Peers = 1000;
        var handler = new ScriptedHandler { Binary = (peer, payload) => { peer.SendBinary(payload.Span, compress: true); return default; } };

        var plain = await MemoryOfAsync(() => RunAsync(handler));
        var compressed = await MemoryOfAsync(async () =>
        {
            var sink = await RunAsync(handler, Compressing());
            sink.Connection.Receive(Compressed(new byte[1000]));
            return sink;
        });

        Assert.InRange((compressed - plain) / Peers, -100, 1024);

        // GC.GetTotalMemory by itself is content with 5 %, which is more than is measured here.
        static long Managed()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
            return GC.GetTotalMemory(forceFullCollection: false);
        }

        static async Task<long> MemoryOfAsync(Func<Task<Sink>> make)
        {
            await make();
            var kept = new Sink[Peers];
            var before = Managed();
            for (var i = 0; i < Peers; i++) kept[i] = await make();
            var after = Managed();
            GC.KeepAlive(kept);
            return after - before;
        }
    }

    private static PeerOptions Compressing(bool takeover = false) =>
        new() { Compression = { Enabled = true, ServerContextTakeover = takeover, ClientContextTakeover = takeover } };

    private static byte[] Compressed(byte[] payload)
    {
        var deflated = new byte[DeflateCodec.Room(payload.Length)];
        var length = new ZlibCodec().Deflate(1, 15, history: default, payload, deflated);
        var frame = MemoryClient.Encode(Opcode.Binary, deflated[..length]);
        frame[0] |= FrameHeader.Rsv1;
        return frame;
    }

    private async Task<Sink> RunAsync(ScriptedHandler handler, PeerOptions? options = null, PeerHost? host = null)
    {
        var services = new Services(handler);
        var connection = PeerConnection.Create<ScriptedHandler>(host ?? _host, options ?? new(), services);
        await connection.UpgradeAsync(new MemoryRequest(services) { Headers = { ["Sec-WebSocket-Extensions"] = "permessage-deflate" } });
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
