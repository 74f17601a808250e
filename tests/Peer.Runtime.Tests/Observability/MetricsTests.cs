using System.Diagnostics.Metrics;
using System.IO.Pipelines;
using Microsoft.Extensions.Time.Testing;
using Peers.TestKit;
using Peers.Tests.Kit;
using Peers.WebSockets;

namespace Peers.Tests.Observability;

/// <summary>What the meter says of conversations whose every message and byte is known.</summary>
public sealed class MetricsTests : IDisposable
{
    // The pipe takes one frame of 100 bytes and then stops, so that the rest waits in the output.
    private static readonly PipeOptions s_narrow = new(pauseWriterThreshold: 100, resumeWriterThreshold: 50);

    private readonly FakeTimeProvider _time = new();
    private readonly TestMeters _meters = new();
    private readonly MeterReader _reader;
    private readonly PeerHost _host;

    public MetricsTests()
    {
        _reader = new(_meters);
        _host = new(_time, meters: _meters);
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
        await _reader.UntilAsync("peer.sent_messages{peer.handler=Scripted,peer.message.type=$text} 2");
        Assert.Equal(
            [
                "peer.active_connections{peer.handler=Scripted} 1",
                "peer.hook.duration{peer.handler=Scripted,peer.hook=OnMessage,peer.message.type=$text} 1 0",
                "peer.hook.duration{peer.handler=Scripted,peer.hook=OnOpen} 1 0",
                "peer.hook.duration{peer.handler=Scripted,peer.hook=OnPing} 1 0",
                "peer.hook.duration{peer.handler=Scripted,peer.hook=OnUpgrade} 1 0",
                "peer.message.io{peer.handler=Scripted,peer.message.type=$text,network.io.direction=receive} 12",
                "peer.message.io{peer.handler=Scripted,peer.message.type=$text,network.io.direction=transmit} 21",
                "peer.network.io{peer.handler=Scripted,network.io.direction=receive} 27",
                "peer.network.io{peer.handler=Scripted,network.io.direction=transmit} 30",
                "peer.publish.width{peer.message.type=$text} 1 1",
                "peer.received_messages{peer.handler=Scripted,peer.message.type=$text} 1",
                "peer.send_buffer.usage{peer.handler=Scripted} 0",
                "peer.sent_messages{peer.handler=Scripted,peer.message.type=$text} 2",
            ],
            _reader.Lines());
    }

    [Fact]
    public async Task A_message_in_fragments_is_one_and_what_comes_after_the_close_is_none()
    {
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler { Text = (peer, _) => { peer.Close(); return default; } });
        await client.SendRawAsync([.. MemoryClient.Encode(Opcode.Text, "a"u8.ToArray(), fin: false), .. MemoryClient.Encode(Opcode.Continuation, "b"u8.ToArray()), .. MemoryClient.Encode("late")]);
        Assert.Equal(CloseCode.Normal, await client.ReceiveCloseAsync());

        await _reader.UntilAsync("peer.received_messages{peer.handler=Scripted,peer.message.type=$text} 1");
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

        Assert.Equal(["peer.active_connections{peer.handler=Scripted} 1", "peer.send_buffer.usage{peer.handler=Scripted} 0"], late.Lines());
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
    public async Task What_one_turn_publishes_is_counted_by_type_for_each_who_gets_it()
    {
        await using var one = await MemoryClient.ConnectAsync(_host, Echo());
        await using var other = await MemoryClient.ConnectAsync(_host, Echo());
        await using var publisher = await MemoryClient.ConnectAsync(_host, new ScriptedHandler
        {
            Text = (peer, _) =>
            {
                peer.Publish("room", "a");
                peer.Publish("room", "bc");
                peer.PublishBinary("room", [1, 2, 3]);
                peer.Publish("room", "d");
                return default;
            },
        });
        one.Peer.Subscribe("room");
        other.Peer.Subscribe("room");
        await publisher.SendAsync("go");
        for (var i = 0; i < 4; i++)
        {
            await one.ReceiveAsync();
            await other.ReceiveAsync();
        }

        await _reader.UntilAsync("peer.sent_messages{peer.handler=Scripted,peer.message.type=$text} 6");
        await _reader.UntilAsync("peer.sent_messages{peer.handler=Scripted,peer.message.type=$binary} 2");
        Assert.Contains("peer.message.io{peer.handler=Scripted,peer.message.type=$text,network.io.direction=transmit} 8", _reader.Lines());
        Assert.Contains("peer.message.io{peer.handler=Scripted,peer.message.type=$binary,network.io.direction=transmit} 6", _reader.Lines());
        Assert.Contains("peer.publish.width{peer.message.type=$text} 3 6", _reader.Lines());
    }

    [Fact]
    public async Task What_does_not_fit_in_a_row_is_counted_message_by_message()
    {
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler(), new() { MaxBufferedBytes = 300, SlowPeerPolicy = SlowPeerPolicy.DropNewest }, pipes: s_narrow);
        await using var publisher = await MemoryClient.ConnectAsync(_host, new ScriptedHandler
        {
            Text = (peer, _) =>
            {
                for (var i = 0; i < 2; i++) peer.PublishBinary("room", new byte[98]);
                for (var i = 0; i < 3; i++) peer.Publish("room", new string('x', 98));
                return default;
            },
        });
        client.Peer.Subscribe("room");
        await publisher.SendAsync("go");

        await _reader.UntilAsync("peer.sent_messages{peer.handler=Scripted,peer.message.type=$binary} 2");
        Assert.Contains("peer.sent_messages{peer.handler=Scripted,peer.message.type=$text} 1", _reader.Lines());
        Assert.Contains("peer.dropped_messages{peer.handler=Scripted,peer.policy=DropNewest} 2", _reader.Lines());
    }

    [Fact]
    public async Task What_waits_to_be_sent_is_seen_when_it_is_asked_for()
    {
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler(), pipes: s_narrow);
        for (var i = 0; i < 5; i++) client.Peer.SendBinary(new byte[98]);

        // The pipe has the first, and says that it is full: its flush waits too.
        Assert.Equal(500, client.Peer.BufferedBytes);
        Assert.Contains("peer.send_buffer.usage{peer.handler=Scripted} 500", _reader.Lines());
    }

    [Theory]
    [InlineData(4001, "other")]
    [InlineData(1000, "1000")]
    [InlineData(3999, "other")]
    [InlineData(1014, "1014")]
    public async Task Only_registered_close_codes_are_told_apart(int code, string tag)
    {
        var client = await MemoryClient.ConnectAsync(_host, Echo());
        await client.CloseAsync((CloseCode)code);
        await client.DisposeAsync();

        Assert.Contains($"peer.closed_connections{{peer.handler=Scripted,peer.close.code={tag},peer.close.initiator=remote}} 1", _reader.Lines());
    }

    [Fact]
    public async Task A_hook_that_fails_is_timed_under_what_it_threw()
    {
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler
        {
            Text = (_, _) =>
            {
                _time.Advance(TimeSpan.FromSeconds(3));
                throw new InvalidOperationException();
            },
        });
        await client.SendAsync("fail");
        await client.ReceiveCloseAsync();

        Assert.Contains("peer.hook.duration{peer.handler=Scripted,peer.hook=OnMessage,peer.message.type=$text,error.type=System.InvalidOperationException} 1 3", _reader.Lines());
    }

    [Fact]
    public async Task A_hook_that_awaits_is_timed_to_its_end()
    {
        var (started, gate) = (Patience.Signal(), Patience.Signal());
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler
        {
            Text = async (_, _) =>
            {
                started.SetResult();
                await gate.Task;
            },
        });
        await client.SendAsync("wait");
        await started.Soon();
        _time.Advance(TimeSpan.FromSeconds(2));
        gate.SetResult();

        await _reader.UntilAsync("peer.hook.duration{peer.handler=Scripted,peer.hook=OnMessage,peer.message.type=$text} 1 2");
    }

    [Theory]
    [InlineData("""{"type":"invented by a client"}""")]
    [InlineData("no json")]
    public async Task What_a_client_invents_is_no_value_of_a_tag(string text)
    {
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler { Typed = static (ref IncomingText text) => text.Unknown() });
        await client.SendAsync(text);
        await client.ReceiveAsync();

        await _reader.UntilAsync("peer.received_messages{peer.handler=Scripted,peer.message.type=$other} 1");
        Assert.DoesNotContain(_reader.Lines(), line => line.Contains("invented", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_listener_that_throws_loses_no_message()
    {
        using var listener = new MeterListener { InstrumentPublished = (instrument, listener) => { if (instrument.Meter.Scope == _meters) listener.EnableMeasurementEvents(instrument); } };
        listener.SetMeasurementEventCallback<long>((_, _, _, _) => throw new InvalidOperationException());
        listener.SetMeasurementEventCallback<double>((_, _, _, _) => throw new InvalidOperationException());
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
