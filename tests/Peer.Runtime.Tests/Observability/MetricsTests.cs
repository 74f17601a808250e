using System.Diagnostics.Metrics;
using System.IO.Pipelines;
using Peers.TestKit;
using Peers.Tests.Kit;
using Peers.WebSockets;

namespace Peers.Tests.Observability;

/// <summary>What the meter says of conversations whose every message and byte is known.</summary>
public sealed class MetricsTests : IDisposable
{
    // The pipe takes one frame of 100 bytes and then stops, so that the rest waits in the output.
    private static readonly PipeOptions s_narrow = new(pauseWriterThreshold: 100, resumeWriterThreshold: 50);

    private readonly TestMeters _meters = new();
    private readonly MeterReader _reader;
    private readonly PeerHost _host;

    public MetricsTests()
    {
        _reader = new(_meters);
        _host = new(meters: _meters);
    }

    public void Dispose()
    {
        _host.Dispose();
        _reader.Dispose();
        _meters.Dispose();
    }

    [Fact]
    public async Task A_conversation_is_counted_to_the_byte()
    {
        await using var client = await MemoryClient.ConnectAsync(_host, Echo());
        client.Peer.Subscribe("room");
        await client.SendAsync("twelve bytes");
        Assert.Equal("twelve bytes", await client.ReceiveTextAsync());
        await client.SendAsync(Opcode.Ping, "abc"u8.ToArray());
        Assert.Equal(FrameEvent.Pong, (await client.ReceiveAsync()).Kind);
        _host.Publish("room", "published");
        Assert.Equal("published", await client.ReceiveTextAsync());

        // 12 + 6 bytes of header and key, 3 + 6; 12 + 2, 3 + 2 and 9 + 2.
        Assert.Equal(
            [
                "peer.active_connections{peer.handler=Scripted} 1",
                "peer.network.io{peer.handler=Scripted,network.io.direction=receive} 27",
                "peer.network.io{peer.handler=Scripted,network.io.direction=transmit} 30",
                "peer.received_messages{peer.handler=Scripted} 1",
                "peer.sent_messages{peer.handler=Scripted} 2",
            ],
            _reader.Lines());
    }

    [Fact]
    public async Task A_message_in_fragments_is_one_and_what_comes_after_the_close_is_none()
    {
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler { Text = (peer, _) => { peer.Close(); return default; } });
        await client.SendRawAsync([.. MemoryClient.Encode(Opcode.Text, "a"u8.ToArray(), fin: false), .. MemoryClient.Encode(Opcode.Continuation, "b"u8.ToArray()), .. MemoryClient.Encode("late")]);
        Assert.Equal(CloseCode.Normal, await client.ReceiveCloseAsync());

        Assert.Contains("peer.received_messages{peer.handler=Scripted} 1", _reader.Lines());
    }

    [Fact]
    public async Task Peers_that_left_are_no_longer_counted()
    {
        var first = await MemoryClient.ConnectAsync(_host, Echo());
        await using var second = await MemoryClient.ConnectAsync(_host, Echo());
        Assert.Contains("peer.active_connections{peer.handler=Scripted} 2", _reader.Lines());
        await first.DisposeAsync();

        Assert.Contains("peer.active_connections{peer.handler=Scripted} 1", _reader.Lines());
    }

    [Fact]
    public async Task Who_begins_to_listen_late_sees_how_many_peers_there_are()
    {
        await using var client = await MemoryClient.ConnectAsync(_host, Echo());
        using var late = new MeterReader(_meters);

        Assert.Equal(["peer.active_connections{peer.handler=Scripted} 1"], late.Lines());
    }

    [Theory]
    [InlineData(SlowPeerPolicy.DropNewest)]
    [InlineData(SlowPeerPolicy.DropOldest)]
    [InlineData(SlowPeerPolicy.KeepLatest)]
    public async Task Messages_that_a_policy_drops_are_counted_under_its_name(SlowPeerPolicy policy)
    {
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler(), new() { MaxBufferedBytes = 1000, SlowPeerPolicy = policy }, pipes: s_narrow);
        client.Peer.Subscribe("room");
        for (var i = 0; i < 30; i++) _host.PublishBinary("room", new byte[98]);
        var dropped = Assert.Single(_reader.Lines(), line => line.StartsWith($"peer.dropped_messages{{peer.handler=Scripted,peer.policy={policy}}} ", StringComparison.Ordinal));
        client.Peer.Close();
        var received = 0;
        while ((await client.ReceiveAsync()).Kind == FrameEvent.Binary) received++;

        Assert.Equal(30 - received, int.Parse(dropped.Split(' ')[1]));
    }

    [Fact]
    public async Task A_send_that_is_dropped_counts_as_one_that_was_published()
    {
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler(), new() { MaxBufferedBytes = 1000, SlowPeerPolicy = SlowPeerPolicy.DropNewest }, pipes: s_narrow);
        while (client.Peer.SendBinary(new byte[98]) != SendStatus.Dropped)
        {
        }

        Assert.Contains("peer.dropped_messages{peer.handler=Scripted,peer.policy=DropNewest} 1", _reader.Lines());
    }

    [Fact]
    public async Task A_listener_that_throws_loses_no_message()
    {
        using var listener = new MeterListener { InstrumentPublished = (instrument, listener) => { if (instrument.Meter.Scope == _meters) listener.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<long>((_, _, _, _) => throw new InvalidOperationException());
        listener.Start();
        await using var client = await MemoryClient.ConnectAsync(_host, Echo());
        for (var i = 0; i < 10; i++)
        {
            await client.SendAsync($"{i}");
            Assert.Equal($"{i}", await client.ReceiveTextAsync());
        }
    }

    private static ScriptedHandler Echo() => new() { Text = (peer, text) => { peer.Send(text); return default; } };
}
