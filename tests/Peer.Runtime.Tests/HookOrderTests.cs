using Peers.Tests.Kit;
using Peers.WebSockets;

namespace Peers.Tests;

/// <summary>Hooks of one peer: one at a time, in order, and reading goes on beside one that waits.</summary>
public sealed class HookOrderTests : IDisposable
{
    private readonly PeerHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task Hooks_never_overlap_and_keep_their_order_although_they_await()
    {
        var running = 0;
        var overlapped = false;
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler
        {
            Text = async (peer, text) =>
            {
                overlapped |= Interlocked.Increment(ref running) > 1;
                for (var i = 0; i < text.Length % 4; i++) await Task.Yield();
                peer.Send(text);
                Interlocked.Decrement(ref running);
            },
        }, new() { MaxPendingBytes = 1 << 20 });

        var sent = Enumerable.Range(0, 500).Select(i => new string('x', i % 7) + i).ToArray();
        foreach (var text in sent) await client.SendAsync(text);

        foreach (var text in sent) Assert.Equal(text, await client.ReceiveTextAsync());
        Assert.False(overlapped);
    }

    [Fact]
    public async Task Joins_come_before_open_and_open_ends_before_the_first_message_runs()
    {
        var events = new List<string>();
        var mayOpen = Patience.Signal();
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler
        {
            Joined = _ => events.Add("join"),
            Open = async _ =>
            {
                events.Add("opening");
                await mayOpen.Task;
                events.Add("opened");
            },
            Text = (peer, text) =>
            {
                events.Add(text);
                peer.Send("done");
                return default;
            },
        });
        await client.SendAsync("message");
        await PingAsync(client);
        mayOpen.SetResult();
        await client.ReceiveTextAsync();

        Assert.Equal(["join", "opening", "opened", "message"], events);
    }

    [Fact]
    public async Task A_ping_is_answered_while_a_hook_is_pending()
    {
        var mayEnd = Patience.Signal();
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler { Text = (_, _) => new(mayEnd.Task) });
        await client.SendAsync("wait");

        await PingAsync(client);

        mayEnd.SetResult();
    }

    [Fact]
    public async Task A_lost_connection_cancels_closed_while_a_hook_is_pending_and_close_runs_after_it()
    {
        var events = new List<string>();
        var done = Patience.Signal();
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler
        {
            Text = async (peer, _) =>
            {
                await Task.Delay(Timeout.Infinite, peer.Closed).ContinueWith(_ => { }, TaskScheduler.Default);
                events.Add("hook ended");
            },
            Close = (_, close) =>
            {
                events.Add($"close {(int)close.Code}");
                done.SetResult();
                return default;
            },
        });
        await client.SendAsync("wait");
        await PingAsync(client);
        await client.DropAsync();
        await done.Soon();

        Assert.Equal(["hook ended", "close 1006"], events);
    }

    [Fact]
    public async Task A_hook_that_gives_up_because_its_peer_left_has_not_failed()
    {
        var errors = 0;
        var closed = Patience.Signal<CloseEvent>();
        await using var client = await MemoryClient.ConnectAsync(_host, new ErrorHandler
        {
            Text = (peer, _) => new(Task.Delay(Timeout.Infinite, peer.Closed)),
            Error = (_, _) => { errors++; return default; },
            Close = (_, close) => { closed.SetResult(close); return default; },
        });
        await client.SendAsync("wait");
        await PingAsync(client);
        await client.CloseAsync();

        Assert.Equal(new CloseEvent(CloseCode.Normal, "", WasClean: true, CloseInitiator.Remote), await closed.Soon());
        Assert.Equal(0, errors);
    }

    [Fact]
    public async Task Messages_that_came_before_the_client_left_reach_their_hooks()
    {
        var events = new List<string>();
        var mayEnd = Patience.Signal();
        var done = Patience.Signal();
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler
        {
            Text = async (_, text) =>
            {
                await mayEnd.Task;
                events.Add(text);
            },
            Close = (_, _) => { events.Add("close"); done.SetResult(); return default; },
        });
        await client.SendAsync("one");
        await client.SendAsync("two");
        await client.CloseAsync();
        Assert.Equal(CloseCode.Normal, await client.ReceiveCloseAsync());
        mayEnd.SetResult();
        await done.Soon();

        Assert.Equal(["one", "two", "close"], events);
    }

    [Fact]
    public async Task Messages_after_our_own_close_reach_no_hook()
    {
        var events = new List<string>();
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler
        {
            Text = (peer, text) =>
            {
                events.Add(text);
                peer.Close();
                return default;
            },
        });
        await client.SendRawAsync([.. MemoryClient.Encode("one"), .. MemoryClient.Encode("two")]);
        await client.ReceiveCloseAsync();
        await client.SendAsync("three");
        await client.CloseAsync();
        await client.Run.WaitAsync(Patience.Limit);

        Assert.Equal(["one"], events);
    }

    [Fact]
    public async Task Reading_stops_when_more_waits_than_may_and_goes_on_when_the_hook_ends()
    {
        var mayEnd = Patience.Signal();
        var pipes = new System.IO.Pipelines.PipeOptions(pauseWriterThreshold: 4096, resumeWriterThreshold: 2048);
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler
        {
            Text = async (peer, text) =>
            {
                await mayEnd.Task;
                peer.Send(text);
            },
        }, new() { MaxPendingBytes = 4096 }, pipes: pipes);

        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < 200; i++) await client.SendAsync($"{i}:{new string('x', 200)}");
        });
        var first = await Task.WhenAny(sending, _stalled(client));
        Assert.NotSame(sending, first);
        mayEnd.SetResult();
        for (var i = 0; i < 200; i++) Assert.StartsWith($"{i}:", await client.ReceiveTextAsync());
        await sending;

        // The pipe holds 4 KiB and the queue a little more: 200 messages of 200 bytes can only have stalled.
        static async Task _stalled(MemoryClient client)
        {
            while (!client.Connection.IsReadingStopped) await Task.Yield();
        }
    }

    [Fact]
    public async Task A_borrowed_payload_stays_as_it_was_until_the_hook_has_ended()
    {
        var mayEnd = Patience.Signal();
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler
        {
            Binary = async (peer, payload) =>
            {
                if (payload.Length == 1000) await mayEnd.Task;
                peer.SendBinary(payload.Span);
            },
        }, new() { MaxPendingBytes = 1 << 20 });
        var lent = Enumerable.Range(0, 1000).Select(i => (byte)i).ToArray();
        await client.SendAsync(lent);
        for (var i = 0; i < 100; i++) await client.SendAsync(Enumerable.Repeat((byte)0xEE, 300).ToArray());
        await PingAsync(client);
        mayEnd.SetResult();

        Assert.Equal(lent, (await client.ReceiveAsync()).Payload);
        for (var i = 0; i < 100; i++) Assert.All((await client.ReceiveAsync()).Payload, b => Assert.Equal(0xEE, b));
    }

    // What came in pieces lies in a buffer of the assembler's, which used to go back to the pool under a ping hook that was still pending.
    [Fact]
    public async Task Payload_of_a_ping_in_pieces_stays_as_it_was_until_the_hook_has_ended()
    {
        var mayEnd = Patience.Signal();
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler
        {
            PingBytes = async (peer, payload) =>
            {
                if (payload.IsEmpty) return;
                await mayEnd.Task;
                peer.SendBinary(payload.Span);
            },
        });
        var ping = MemoryClient.Encode(Opcode.Ping, "in pieces"u8.ToArray());
        byte[] others = [.. MemoryClient.Encode(Opcode.Text, "spoils "u8.ToArray(), fin: false), .. MemoryClient.Encode(Opcode.Continuation, "it"u8.ToArray())];
        await client.SendRawAsync([.. MemoryClient.Encode(Opcode.Ping, []), .. ping[..10]]);
        Assert.Equal("", (await client.ReceiveAsync()).Text);
        await client.SendRawAsync([.. ping[10..], .. others]);
        Assert.Equal("in pieces", (await client.ReceiveAsync()).Text);
        await PingAsync(client);

        mayEnd.SetResult();
        Assert.Equal("in pieces", (await client.ReceiveAsync()).Text);
    }

    [Fact]
    public async Task A_fragmented_payload_stays_as_it_was_until_the_hook_has_ended()
    {
        var mayEnd = Patience.Signal();
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler
        {
            Binary = async (peer, payload) =>
            {
                await mayEnd.Task;
                peer.SendBinary(payload.Span);
            },
        });
        await client.SendAsync(Opcode.Binary, [1, 2], fin: false);
        await client.SendAsync(Opcode.Continuation, [3]);
        await client.SendAsync(Opcode.Binary, [9, 9], fin: false);
        await client.SendAsync(Opcode.Continuation, [9]);
        await PingAsync(client);
        mayEnd.SetResult();

        Assert.Equal([1, 2, 3], (await client.ReceiveAsync()).Payload);
        Assert.Equal([9, 9, 9], (await client.ReceiveAsync()).Payload);
    }

    [Fact]
    public async Task Pings_and_pongs_that_come_while_a_hook_waits_are_coalesced_to_the_latest()
    {
        var mayEnd = Patience.Signal();
        var pings = new List<string>();
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler
        {
            Text = async (peer, text) =>
            {
                if (text == "wait") await mayEnd.Task;
                else peer.Send("end");
            },
            Ping = (_, payload) => { pings.Add(payload); return default; },
        });
        await client.SendAsync("wait");
        foreach (var payload in new[] { "1", "2", "3" })
        {
            await client.SendAsync(Opcode.Ping, [(byte)payload[0]]);
            Assert.Equal(payload, (await client.ReceiveAsync()).Text);
        }

        await client.SendAsync("end");
        mayEnd.SetResult();
        Assert.Equal("end", await client.ReceiveTextAsync());
        Assert.Equal(["3"], pings);
    }

    [Fact]
    public async Task Sends_and_publishes_of_one_hook_reach_a_subscriber_in_the_order_of_the_calls()
    {
        await using var target = await MemoryClient.ConnectAsync(_host, new ScriptedHandler());
        target.Peer.Subscribe("room");
        await using var speaker = await MemoryClient.ConnectAsync(_host, new ScriptedHandler
        {
            Text = async (peer, _) =>
            {
                for (var i = 0; i < 300; i += 3)
                {
                    target.Peer.Send($"{i}");
                    peer.Publish("room", $"{i + 1}");
                    target.Peer.Send($"{i + 2}");
                    if (i == 150) await Task.Yield();
                }
            },
        });
        await speaker.SendAsync("go");

        for (var i = 0; i < 300; i++) Assert.Equal($"{i}", await target.ReceiveTextAsync());
    }

    [Fact]
    public async Task All_subscribers_get_a_channels_messages_in_one_order_whoever_publishes()
    {
        var members = new List<MemoryClient>();
        for (var i = 0; i < 3; i++) members.Add(await MemoryClient.ConnectAsync(_host, new ScriptedHandler()));
        foreach (var member in members) member.Peer.Subscribe("room");

        var publishers = Enumerable.Range(0, 4).Select(p => Task.Run(() =>
        {
            for (var i = 0; i < 200; i++) _host.Publish("room", $"{p}:{i}");
        })).ToArray();

        var orders = new List<string>[3];
        for (var m = 0; m < 3; m++)
        {
            orders[m] = [];
            for (var i = 0; i < 800; i++) orders[m].Add(await members[m].ReceiveTextAsync());
        }

        await Task.WhenAll(publishers);
        Assert.Equal(orders[0], orders[1]);
        Assert.Equal(orders[0], orders[2]);
        foreach (var member in members) await member.DisposeAsync();
    }

    [Fact]
    public async Task What_one_batch_of_messages_causes_leaves_in_one_piece()
    {
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler { Text = (peer, text) => { peer.Send(text); return default; } });
        await client.SendRawAsync([.. Enumerable.Range(0, 16).SelectMany(i => MemoryClient.Encode($"{i}"))]);
        await client.ReceiveTextAsync();

        Assert.Equal(15, client.Waiting);
    }

    [Fact]
    public async Task The_drain_hook_runs_when_enough_was_read_and_only_then()
    {
        var drained = Patience.Signal();
        var pipes = new System.IO.Pipelines.PipeOptions(pauseWriterThreshold: 1024, resumeWriterThreshold: 512);
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler { Drain = _ => { drained.SetResult(); return default; } }, new() { DrainThreshold = 2000 }, pipes: pipes);
        for (var i = 0; i < 6; i++) client.Peer.SendBinary(new byte[1000]);
        Assert.False(drained.Task.IsCompleted);

        for (var i = 0; i < 6; i++) await client.ReceiveAsync();

        await drained.Soon();
    }

    private static async Task PingAsync(MemoryClient client)
    {
        await client.SendAsync(Opcode.Ping, []);
        Assert.Equal(FrameEvent.Pong, (await client.ReceiveAsync()).Kind);
    }
}
