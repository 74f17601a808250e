using System.Net;
using System.Text;
using Peers.Tests.Kit;
using Peers.WebSockets;

namespace Peers.Tests;

/// <summary>Every member of Peer, each as the sentence it promises.</summary>
public sealed class PeerTests : IDisposable
{
    private readonly PeerHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task Send_delivers_text_utf8_and_binary_in_the_order_of_the_calls()
    {
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler
        {
            Open = peer =>
            {
                Assert.Equal(SendStatus.Queued, peer.Send("héllo \ud83d\ude00"));
                Assert.Equal(SendStatus.Queued, peer.SendUtf8("utf-8"u8));
                Assert.Equal(SendStatus.Queued, peer.SendBinary([1, 2, 3]));
                return default;
            },
        });

        Assert.Equal("héllo \ud83d\ude00", await client.ReceiveTextAsync());
        Assert.Equal("utf-8", await client.ReceiveTextAsync());
        var binary = await client.ReceiveAsync();
        Assert.Equal((FrameEvent.Binary, "010203"), (binary.Kind, Convert.ToHexString(binary.Payload)));
    }

    [Fact]
    public async Task Send_copies_before_it_returns()
    {
        var bytes = "before"u8.ToArray();
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler
        {
            Open = peer =>
            {
                peer.SendUtf8(bytes);
                "after!"u8.CopyTo(bytes);
                return default;
            },
        });

        Assert.Equal("before", await client.ReceiveTextAsync());
    }

    [Fact]
    public async Task Send_after_close_answers_closed_and_does_nothing()
    {
        var status = Patience.Signal<SendStatus>();
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler
        {
            Open = peer =>
            {
                peer.Close();
                status.SetResult(peer.Send("late"));
                return default;
            },
        });

        Assert.Equal(SendStatus.Closed, await status.Soon());
        Assert.Equal(CloseCode.Normal, await client.ReceiveCloseAsync());
    }

    [Fact]
    public async Task Send_is_safe_from_many_threads_and_keeps_the_order_of_each()
    {
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler(), new() { MaxBufferedBytes = int.MaxValue });
        var senders = Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 500; i++) client.Peer.Send($"{thread}:{i}");
        })).ToArray();

        var next = new int[4];
        for (var i = 0; i < 2000; i++)
        {
            var parts = (await client.ReceiveTextAsync()).Split(':');
            Assert.Equal(next[int.Parse(parts[0])]++, int.Parse(parts[1]));
        }

        await Task.WhenAll(senders);
    }

    [Fact]
    public async Task Remote_end_point_user_route_and_listed_headers_are_those_of_the_request()
    {
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler(), new() { CapturedHeaders = ["User-Agent"] }, request =>
        {
            request.Values["room"] = "a b";
            request.Headers["User-Agent"] = "test";
            request.Headers["Cookie"] = "secret";
        });

        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 4321), client.Peer.RemoteEndPoint);
        Assert.Equal("ada", client.Peer.User?.Identity?.Name);
        Assert.Equal("a b", client.Peer.Route("ROOM"));
        Assert.Null(client.Peer.Route("other"));
        Assert.Equal("test", Assert.Single(client.Peer.Headers).Value);
    }

    [Fact]
    public async Task Id_is_unique_names_the_node_and_finds_the_peer()
    {
        await using var one = await MemoryClient.ConnectAsync(_host, new ScriptedHandler());
        await using var two = await MemoryClient.ConnectAsync(_host, new ScriptedHandler());

        Assert.NotEqual(one.Peer.Id, two.Peer.Id);
        Assert.Equal(_host.Node, one.Peer.Id.Node);
        Assert.Same(two.Peer, _host.Find(two.Peer.Id));
        Assert.Null(_host.Find(PeerId.Create(1)));
    }

    [Fact]
    public async Task Ready_state_goes_from_open_over_closing_to_closed()
    {
        var states = new List<ReadyState>();
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler
        {
            Open = peer =>
            {
                states.Add(peer.ReadyState);
                peer.Close();
                states.Add(peer.ReadyState);
                return default;
            },
            Close = (peer, _) =>
            {
                states.Add(peer.ReadyState);
                return default;
            },
        });
        await client.ReceiveCloseAsync();
        await client.CloseAsync();
        await client.Run.WaitAsync(Patience.Limit);

        Assert.Equal([ReadyState.Open, ReadyState.Closing, ReadyState.Closed], states);
    }

    [Fact]
    public async Task Context_hands_on_what_the_upgrade_added()
    {
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler
        {
            Upgrade = request =>
            {
                request.Context.Set("from upgrade");
                return new(UpgradeResult.Accept());
            },
        });

        Assert.Equal("from upgrade", client.Peer.Context.Get<string>());
        Assert.Null(client.Peer.Context.Get<Version>());
    }

    [Fact]
    public async Task Subscribe_and_unsubscribe_decide_what_a_peer_gets_and_channels_lists_it()
    {
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler());
        client.Peer.Subscribe("news");
        client.Peer.Subscribe(new PeerChannel<object>("typed"));
        client.Peer.Subscribe("news");
        Assert.Equal(["news", "typed"], client.Peer.Channels.Order());
        Assert.Equal(1, _host.Count("news"));

        _host.Publish("news", "one");
        client.Peer.Unsubscribe("news");
        _host.Publish("news", "two");
        _host.Publish("typed", "three");

        Assert.Equal("one", await client.ReceiveTextAsync());
        Assert.Equal("three", await client.ReceiveTextAsync());
        Assert.Equal(0, _host.Count("news"));
    }

    [Fact]
    public async Task Sends_and_publishes_of_one_hook_reach_a_peer_in_the_order_of_the_calls()
    {
        await using var member = await MemoryClient.ConnectAsync(_host, new ScriptedHandler());
        member.Peer.Subscribe("room");
        await using var sender = await MemoryClient.ConnectAsync(_host, new ScriptedHandler
        {
            Text = (peer, _) =>
            {
                peer.Publish("room", "1");
                peer.Publish("room", "2");
                member.Peer.Send("3");
                peer.Send("to the sender");
                peer.Publish("room", "4");
                member.Peer.Close();
                peer.Publish("room", "too late");
                return default;
            },
        });
        await sender.SendAsync("go");

        foreach (var expected in new[] { "1", "2", "3", "4" }) Assert.Equal(expected, await member.ReceiveTextAsync());
        Assert.Equal(CloseCode.Normal, await member.ReceiveCloseAsync());
        Assert.Equal("to the sender", await sender.ReceiveTextAsync());
    }

    [Fact]
    public async Task Publish_leaves_the_sender_out_and_the_sender_need_not_be_subscribed()
    {
        await using var sender = await MemoryClient.ConnectAsync(_host, new ScriptedHandler());
        await using var member = await MemoryClient.ConnectAsync(_host, new ScriptedHandler());
        member.Peer.Subscribe("room");

        sender.Peer.Publish("room", "from outside");
        sender.Peer.Subscribe("room");
        sender.Peer.Publish("room", "from inside");
        sender.Peer.Send("last");

        Assert.Equal("from outside", await member.ReceiveTextAsync());
        Assert.Equal("from inside", await member.ReceiveTextAsync());
        Assert.Equal("last", await sender.ReceiveTextAsync());
    }

    [Fact]
    public async Task Close_goes_out_behind_what_was_sent_and_the_close_hook_sees_its_code()
    {
        var closed = Patience.Signal<CloseEvent>();
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler
        {
            Open = peer =>
            {
                peer.Send("first");
                peer.Close((CloseCode)4001, "enough");
                return default;
            },
            Close = (_, close) =>
            {
                closed.SetResult(close);
                return default;
            },
        });

        Assert.Equal("first", await client.ReceiveTextAsync());
        Assert.Equal((CloseCode)4001, await client.ReceiveCloseAsync());
        await client.CloseAsync((CloseCode)4001);
        Assert.Equal(new CloseEvent((CloseCode)4001, "enough", WasClean: true, CloseInitiator.Local), await closed.Soon());
    }

    [Theory]
    [InlineData(0), InlineData(999), InlineData(1004), InlineData(1005), InlineData(1006), InlineData(1010), InlineData(1015), InlineData(2999), InlineData(5000)]
    public async Task Close_throws_for_a_code_that_a_server_may_not_send(int code)
    {
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler());
        Assert.Throws<ArgumentOutOfRangeException>(() => client.Peer.Close((CloseCode)code));
        Assert.Equal(ReadyState.Open, client.Peer.ReadyState);
    }

    [Fact]
    public async Task Close_throws_for_a_reason_that_fits_no_frame()
    {
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler());
        Assert.Throws<ArgumentException>(() => client.Peer.Close(reason: new string('x', 124)));
        client.Peer.Close(reason: new string('x', 123));
        Assert.Equal(CloseCode.Normal, await client.ReceiveCloseAsync());
    }

    [Fact]
    public async Task Terminate_is_abrupt_and_the_close_hook_sees_1006()
    {
        var closed = Patience.Signal<CloseEvent>();
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler
        {
            Close = (_, close) =>
            {
                closed.SetResult(close);
                return default;
            },
        });
        client.Peer.Terminate();

        Assert.Equal(new CloseEvent(CloseCode.Abnormal, "", WasClean: false, CloseInitiator.Local), await closed.Soon());
        Assert.Equal(FrameEvent.NeedMore, (await client.ReceiveAsync()).Kind);
    }

    [Fact]
    public async Task Printing_a_peer_shows_id_address_and_state()
    {
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler());
        Assert.Equal($"Peer {client.Peer.Id.ToString()[^8..]} (127.0.0.1:4321, Open)", client.Peer.ToString());
    }

    [Fact]
    public async Task Ping_is_sent_with_its_payload_and_the_pong_reaches_its_hook()
    {
        var pong = Patience.Signal<string>();
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler
        {
            Pong = (_, payload) =>
            {
                pong.SetResult(payload);
                return default;
            },
        });
        client.Peer.Ping("are you there"u8);

        var ping = await client.ReceiveAsync();
        Assert.Equal((FrameEvent.Ping, "are you there"), (ping.Kind, ping.Text));
        await client.SendAsync(Opcode.Pong, ping.Payload);
        Assert.Equal("are you there", await pong.Soon());
        Assert.Throws<ArgumentException>(() => client.Peer.Ping(new byte[126]));
    }

    [Fact]
    public async Task Closed_is_cancelled_when_the_client_leaves_and_stays_so()
    {
        var left = Patience.Signal();
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler());
        client.Peer.Closed.Register(left.SetResult);
        Assert.False(client.Peer.Closed.IsCancellationRequested);

        await client.DropAsync();

        await left.Soon();
        await client.Run.WaitAsync(Patience.Limit);
        Assert.True(client.Peer.Closed.IsCancellationRequested);
    }

    [Fact]
    public async Task Buffered_bytes_count_what_waits_and_wait_for_drain_ends_when_it_is_gone()
    {
        var pipes = new System.IO.Pipelines.PipeOptions(pauseWriterThreshold: 1024, resumeWriterThreshold: 512);
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler(), new() { DrainThreshold = 1024 }, pipes: pipes);
        for (var i = 0; i < 4; i++) client.Peer.SendBinary(new byte[1000]);
        var status = client.Peer.SendBinary(new byte[1000]);
        Assert.Equal(SendStatus.Backpressured, status);
        Assert.InRange(client.Peer.BufferedBytes, 4000, 5100);
        var drained = client.Peer.WaitForDrainAsync(100).AsTask();
        Assert.False(drained.IsCompleted);

        for (var i = 0; i < 5; i++) await client.ReceiveAsync();

        Assert.True(await drained.WaitAsync(Patience.Limit));
        Assert.InRange(client.Peer.BufferedBytes, 0, 100);
    }

    [Fact]
    public async Task Wait_for_drain_answers_false_when_the_peer_leaves()
    {
        var pipes = new System.IO.Pipelines.PipeOptions(pauseWriterThreshold: 1024, resumeWriterThreshold: 512);
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler(), pipes: pipes);
        for (var i = 0; i < 4; i++) client.Peer.SendBinary(new byte[1000]);
        var drained = client.Peer.WaitForDrainAsync().AsTask();
        client.Peer.Terminate();

        Assert.False(await drained.WaitAsync(Patience.Limit));
    }

    [Fact]
    public async Task Host_lists_and_counts_its_peers()
    {
        await using var one = await MemoryClient.ConnectAsync(_host, new ScriptedHandler());
        await using (var two = await MemoryClient.ConnectAsync(_host, new ScriptedHandler()))
        {
            await two.SendAsync("x");
            Assert.Equal(2, _host.PeerCount);
            Assert.Contains(two.Peer, _host.Peers);
        }

        Assert.Same(one.Peer, Assert.Single(_host.Peers));
    }

    [Fact]
    public async Task Close_all_tells_everyone_the_code_and_waits_for_their_close_hooks()
    {
        var hooks = 0;
        var handler = () => new ScriptedHandler { Close = (_, _) => { Interlocked.Increment(ref hooks); return default; } };
        await using var one = await MemoryClient.ConnectAsync(_host, handler());
        await using var two = await MemoryClient.ConnectAsync(_host, handler());
        await Task.WhenAll(Opened(one), Opened(two));

        var closing = _host.CloseAllAsync();
        Assert.Equal(CloseCode.ServiceRestart, await one.ReceiveCloseAsync());
        Assert.Equal(CloseCode.ServiceRestart, await two.ReceiveCloseAsync());
        await one.CloseAsync(CloseCode.ServiceRestart);
        await two.CloseAsync(CloseCode.ServiceRestart);
        await closing.WaitAsync(Patience.Limit);

        Assert.Equal(2, hooks);
    }

    [Fact]
    public void Peer_ids_survive_their_written_form()
    {
        var id = PeerId.Create(0xDEADBEEF);
        Assert.StartsWith("deadbeef", id.ToString());
        Assert.Equal(id, PeerId.Parse(id.ToString()));
        Assert.True(PeerId.TryParse(Encoding.UTF8.GetBytes(id.ToString()), out var same));
        Assert.Equal(id, same);
        Assert.False(PeerId.TryParse("xyz", null, out _));
    }

    // A pong says that the connection runs.
    private static async Task Opened(MemoryClient client)
    {
        await client.SendAsync(Opcode.Ping, []);
        Assert.Equal(FrameEvent.Pong, (await client.ReceiveAsync()).Kind);
    }
}
