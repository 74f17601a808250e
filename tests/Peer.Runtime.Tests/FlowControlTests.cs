using System.IO.Pipelines;
using Microsoft.Extensions.Time.Testing;
using Peers.Tests.Kit;
using Peers.WebSockets;

namespace Peers.Tests;

/// <summary>What a peer causes to be sent to it stops the dispatch of its messages until it has drained, and never closes it.</summary>
public sealed class FlowControlTests : IDisposable
{
    // The pipe takes one reply of 100 bytes and then stops, so that the rest waits in the output.
    private static readonly PipeOptions s_narrow = new(pauseWriterThreshold: 100, resumeWriterThreshold: 50);

    private readonly FakeTimeProvider _time = new();
    private readonly PeerHost _host;
    private readonly List<string> _handled = [];
    private readonly SemaphoreSlim _read = new(0);

    public FlowControlTests() => _host = new(_time);

    public void Dispose()
    {
        _host.Dispose();
        _read.Dispose();
    }

    // Sixty requests in one write, answered with 20 KB each, used to close the client as one that reads too slowly.
    [Theory]
    [InlineData(60), InlineData(200)]
    public async Task A_client_that_asks_for_much_at_once_gets_all_of_it(int requests)
    {
        await using var client = await ConnectAsync((peer, text) => peer.Send(text + new string('.', 20_000)), new(), PipeOptions.Default);
        await client.SendRawAsync(Messages(requests));

        for (var i = 0; i < requests; i++) Assert.StartsWith($"{i}.", await client.ReceiveTextAsync(), StringComparison.Ordinal);
        Assert.Equal(ReadyState.Open, client.Peer.ReadyState);
    }

    [Fact]
    public async Task Messages_wait_while_more_than_the_drain_threshold_that_they_caused_waits()
    {
        await using var client = await ConnectAsync((peer, _) => peer.SendBinary(new byte[98]), Narrow());
        await client.SendRawAsync(Messages(20));
        await ReadAsync(client);

        // One reply is in the pipe and five wait: the threshold is 450 bytes.
        Assert.InRange(_handled.Count, 5, 7);
        for (var received = 0; received < 20; received += (await client.ReceiveAsync()).Kind == FrameEvent.Binary ? 1 : 0) { }
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{i}"), _handled);
    }

    [Fact]
    public async Task What_others_publish_does_not_stop_the_dispatch_of_messages()
    {
        await using var client = await ConnectAsync((_, _) => { }, Narrow());
        client.Peer.Subscribe("room");
        for (var i = 0; i < 9; i++) _host.PublishBinary("room", new byte[98]);
        await client.SendRawAsync(Messages(20));
        await ReadAsync(client);

        Assert.Equal(20, _handled.Count);
    }

    // It would be closed for its own messages, which come back to it with those of all others.
    [Fact]
    public async Task What_a_hook_publishes_to_its_own_peer_counts_as_caused_by_it()
    {
        await using var client = await ConnectAsync((peer, text) => _host.Publish("room", text.PadRight(98)), Narrow());
        client.Peer.Subscribe("room");
        await client.SendRawAsync(Messages(40));

        for (var i = 0; i < 40; i++) Assert.Equal($"{i}", (await client.ReceiveTextAsync()).Trim());
        Assert.Equal(ReadyState.Open, client.Peer.ReadyState);
    }

    [Fact]
    public async Task One_hook_may_send_more_than_MaxBufferedBytes()
    {
        await using var client = await ConnectAsync((peer, _) =>
        {
            for (var i = 0; i < 30; i++) Assert.True(peer.SendBinary(new byte[98]) <= SendStatus.Backpressured);
        }, Narrow());
        await client.SendAsync("all");

        for (var i = 0; i < 30; i++) Assert.Equal(FrameEvent.Binary, (await client.ReceiveAsync()).Kind);
    }

    [Fact]
    public async Task An_asynchronous_hook_may_send_more_than_MaxBufferedBytes_after_it_awaited()
    {
        await using var client = await ConnectAsync(async (peer, _) =>
        {
            await Task.Yield();
            for (var i = 0; i < 30; i++) Assert.True(peer.SendBinary(new byte[98]) <= SendStatus.Backpressured);
        }, Narrow());
        await client.SendAsync("all");

        for (var i = 0; i < 30; i++) Assert.Equal(FrameEvent.Binary, (await client.ReceiveAsync()).Kind);
    }

    [Fact]
    public async Task While_dispatch_is_stopped_pings_are_answered_before_what_waits()
    {
        await using var client = await ConnectAsync((peer, _) => peer.SendBinary(new byte[98]), Narrow());
        await client.SendRawAsync(Messages(20));
        await client.SendAsync(Opcode.Ping, "alive"u8.ToArray());

        var before = 0;
        while ((await client.ReceiveAsync()).Kind != FrameEvent.Pong) before++;
        Assert.InRange(before, 0, 7);
    }

    [Fact]
    public async Task While_dispatch_is_stopped_a_reply_to_a_request_is_taken()
    {
        Task<string>? asked = null;
        await using var client = await ConnectAsync((peer, text) =>
        {
            if (text == "0") asked = AskAsync(peer);
            peer.SendBinary(new byte[98]);
        }, Narrow());
        await client.SendRawAsync(Messages(20));
        await ReadAsync(client);
        Assert.True(_handled.Count < 20);
        await client.SendAsync("""{"type":"$error","$re":1,"code":"no","message":"refused"}""");

        Assert.Equal("refused", await asked!.WaitAsync(Patience.Limit));
    }

    [Fact]
    public async Task Reading_stops_when_more_than_MaxPendingBytes_wait_behind_stopped_dispatch_and_goes_on_when_it_has_drained()
    {
        var options = Narrow();
        options.MaxPendingBytes = 500;
        await using var client = await ConnectAsync((peer, _) => peer.SendBinary(new byte[98]), options);
        await client.SendRawAsync(Messages(100));
        await client.PausedAsync();
        Assert.True(_handled.Count < 100);

        for (var i = 0; i < 100; i++) Assert.Equal(FrameEvent.Binary, (await client.ReceiveAsync()).Kind);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i}"), _handled);
    }

    [Fact]
    public async Task Messages_that_wait_behind_stopped_dispatch_reach_their_hooks_when_the_client_closes()
    {
        await using var client = await ConnectAsync((peer, _) => peer.SendBinary(new byte[98]), Narrow());
        await client.SendRawAsync(Messages(20));
        await ReadAsync(client);
        await client.CloseAsync();
        while ((await client.ReceiveAsync()).Kind != FrameEvent.Close) { }
        await client.Run.WaitAsync(Patience.Limit);

        Assert.Equal([.. Enumerable.Range(0, 20).Select(i => $"{i}"), "closed"], _handled);
    }

    [Fact]
    public async Task Messages_that_wait_behind_stopped_dispatch_reach_their_hooks_when_the_connection_is_lost()
    {
        await using var client = await ConnectAsync((peer, _) => peer.SendBinary(new byte[98]), Narrow());
        await client.SendRawAsync(Messages(20));
        await ReadAsync(client);
        await client.DropAsync();
        await client.Run.WaitAsync(Patience.Limit);

        Assert.Equal([.. Enumerable.Range(0, 20).Select(i => $"{i}"), "closed"], _handled);
    }

    [Fact]
    public async Task A_peer_that_is_closed_while_reading_is_stopped_sees_the_clients_close_frame()
    {
        var options = Narrow();
        options.MaxPendingBytes = 500;
        await using var client = await ConnectAsync((peer, _) => peer.SendBinary(new byte[98]), options);
        await client.SendRawAsync(Messages(100));
        await client.PausedAsync();
        client.Peer.Close();
        await client.CloseAsync();
        while ((await client.ReceiveAsync()).Kind != FrameEvent.Close) { }

        await client.Run.WaitAsync(Patience.Limit);
        Assert.Equal("closed", _handled[^1]);
    }

    // The clock ran from the moment of the close: a client that read steadily was reset with a third of its messages missing.
    [Fact]
    public async Task A_client_that_reads_slowly_but_steadily_gets_everything_before_the_close_frame()
    {
        await using var client = await ConnectAsync((peer, _) =>
        {
            for (var i = 0; i < 40; i++) peer.SendBinary(new byte[98]);
            peer.Close(CloseCode.Normal, "done");
        }, Narrow(closeTimeout: 5));
        await client.SendAsync("all");

        var received = 0;
        while ((await client.ReceiveOneAsync()).Kind == FrameEvent.Binary)
        {
            received++;
            Pass(seconds: 1);
        }

        Assert.Equal(40, received);
    }

    [Fact]
    [Trait("option", "MaxCloseTime")]
    public async Task Closing_ends_after_MaxCloseTime_however_steadily_the_client_reads()
    {
        var options = Narrow(closeTimeout: 5);
        options.MaxCloseTime = TimeSpan.FromSeconds(10);
        await using var client = await ConnectAsync((peer, _) =>
        {
            for (var i = 0; i < 100; i++) peer.SendBinary(new byte[98]);
            peer.Close(CloseCode.Normal, "done");
        }, options);
        await client.SendAsync("all");

        for (var received = 0; received < 18; received++)
        {
            Assert.Equal(FrameEvent.Binary, (await client.ReceiveOneAsync()).Kind);
            Pass(seconds: 0.5);
        }

        Assert.False(client.Run.IsCompleted);
        await client.ReceiveOneAsync();
        Pass(seconds: 1.5);
        await client.Run.WaitAsync(Patience.Limit);
    }

    [Fact]
    public async Task A_slow_reader_stays_as_long_as_it_reads_anything()
    {
        var options = Narrow();
        options.SlowPeerTimeout = TimeSpan.FromSeconds(2);
        await using var client = await ConnectAsync((peer, _) =>
        {
            for (var i = 0; i < 60; i++) peer.SendBinary(new byte[98]);
        }, options);
        await client.SendAsync("all");

        for (var i = 0; i < 60; i++)
        {
            Assert.Equal(FrameEvent.Binary, (await client.ReceiveOneAsync()).Kind);
            Pass(seconds: 1);
        }

        Assert.Equal(ReadyState.Open, client.Peer.ReadyState);
    }

    // It was cut as silent, because it sent nothing while it read a long download: even its pong stood behind that.
    [Fact]
    public async Task A_client_that_reads_a_long_download_counts_as_alive()
    {
        var options = Narrow();
        options.KeepAliveInterval = options.KeepAliveTimeout = TimeSpan.FromSeconds(3);
        await using var client = await ConnectAsync((peer, _) =>
        {
            for (var i = 0; i < 40; i++) peer.SendBinary(new byte[98]);
        }, options);
        await client.SendAsync("all");

        for (var i = 0; i < 40; i++)
        {
            while ((await client.ReceiveOneAsync()).Kind == FrameEvent.Ping) { }
            Pass(seconds: 1);
        }

        Assert.Equal(ReadyState.Open, client.Peer.ReadyState);
    }

    [Fact]
    public async Task A_request_times_out_while_the_client_reads_nothing()
    {
        Task<string>? asked = null;
        await using var client = await ConnectAsync((peer, text) =>
        {
            for (var i = 0; i < 20; i++) peer.SendBinary(new byte[98]);
            asked = AskAsync(peer);
        }, Narrow());
        await client.SendAsync("0");
        await ReadAsync(client);
        Pass(seconds: 7);

        Assert.Equal("timeout", await asked!.WaitAsync(Patience.Limit));
    }

    // In steps, as time passes: between two of them the heartbeat sees what was read.
    private void Pass(double seconds)
    {
        for (var passed = 0; passed < (int)Math.Round(seconds * 10); passed++) _time.Advance(TimeSpan.FromMilliseconds(100));
    }

    private static async Task<string> AskAsync(Peer peer)
    {
        try
        {
            await peer.RequestAsync<Question, Count>(new("?"), TimeSpan.FromSeconds(5));
            return "answered";
        }
        catch (PeerRequestException exception)
        {
            return exception.Message.Contains("refused", StringComparison.Ordinal) ? "refused" : exception.Message;
        }
        catch (TimeoutException)
        {
            return "timeout";
        }
    }

    private static PeerOptions Narrow(double closeTimeout = 5) => new()
    {
        MaxBufferedBytes = 1000,
        DrainThreshold = 450,
        CloseTimeout = TimeSpan.FromSeconds(closeTimeout),
        KeepAliveInterval = Timeout.InfiniteTimeSpan,
        SlowPeerTimeout = TimeSpan.FromSeconds(10),
    };

    private static byte[] Messages(int count) => [.. Enumerable.Range(0, count).SelectMany(i => MemoryClient.Encode($"{i}"))];

    private Task<MemoryClient> ConnectAsync(Action<Peer, string> text, PeerOptions options, PipeOptions? pipes = null) =>
        ConnectAsync((peer, message) => { text(peer, message); return default(ValueTask); }, options, pipes);

    private Task<MemoryClient> ConnectAsync(Func<Peer, string, ValueTask> text, PeerOptions options, PipeOptions? pipes = null) => MemoryClient.ConnectAsync(_host, new ScriptedHandler
    {
        Text = (peer, message) =>
        {
            lock (_handled) _handled.Add(message);
            return text(peer, message);
        },
        Ping = (_, _) =>
        {
            _read.Release();
            return default;
        },
        Close = (_, _) =>
        {
            lock (_handled) _handled.Add("closed");
            return default;
        },
    }, options, pipes: pipes ?? s_narrow, toServer: PipeOptions.Default);

    // The ping hook runs also while dispatch is stopped: then everything before it has been read.
    private async Task ReadAsync(MemoryClient client)
    {
        await client.SendAsync(Opcode.Ping, "read"u8.ToArray());
        Assert.True(await _read.WaitAsync(Patience.Limit));
    }
}
