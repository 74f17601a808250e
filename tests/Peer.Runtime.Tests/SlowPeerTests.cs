using System.IO.Pipelines;
using Peers.Tests.Kit;
using Peers.Transports;
using Peers.WebSockets;

namespace Peers.Tests;

/// <summary>Peers that read slower than they are sent to: what is kept, what is dropped, and who is closed.</summary>
[Trait("option", "SlowPeerPolicy")]
public sealed class SlowPeerTests : IDisposable
{
    // The pipe takes one message and then stops, so that the rest waits in the output.
    private static readonly PipeOptions s_narrow = new(pauseWriterThreshold: 100, resumeWriterThreshold: 50);

    private readonly PeerHost _host = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task Policy_close_delivers_what_was_queued_then_closes_with_1013()
    {
        await using var client = await SlowAsync(SlowPeerPolicy.Close);
        for (var i = 0; i < 30; i++) _host.Publish("room", Text(i));

        Assert.Equal(SendStatus.Closed, client.Peer.Send("too late"));
        Frame frame;
        var received = 0;
        for (frame = await client.ReceiveAsync(); frame.Kind == FrameEvent.Text; frame = await client.ReceiveAsync()) Assert.Equal(Text(received++), frame.Text);
        Assert.Equal(FrameEvent.Close, frame.Kind);
        Assert.True(ClosePayload.TryParse(frame.Payload, out var code, out _, out _));
        Assert.Equal(CloseCode.TryAgainLater, code);
        Assert.InRange(received, 8, 11);
    }

    // A send from outside the peer's hooks used to close it, as if the peer were at fault.
    [Theory]
    [InlineData(SlowPeerPolicy.Close)]
    [InlineData(SlowPeerPolicy.DropNewest)]
    [InlineData(SlowPeerPolicy.DropOldest)]
    [InlineData(SlowPeerPolicy.KeepLatest)]
    public async Task A_direct_send_from_outside_the_hooks_is_dropped_over_the_limit_under_every_policy(SlowPeerPolicy policy)
    {
        await using var client = await SlowAsync(policy);
        var statuses = Enumerable.Range(0, 30).Select(i => client.Peer.Send(Text(i))).ToArray();

        var queued = statuses.TakeWhile(status => status is SendStatus.Queued or SendStatus.Backpressured).Count();
        Assert.InRange(queued, 8, 11);
        Assert.All(statuses[queued..], status => Assert.Equal(SendStatus.Dropped, status));
        Assert.Equal(Enumerable.Range(0, queued).Select(Text), await ReadAllAsync(client));
    }

    [Fact]
    public async Task Policy_drop_newest_keeps_the_first_messages_and_the_peer()
    {
        await using var client = await SlowAsync(SlowPeerPolicy.DropNewest);
        for (var i = 0; i < 30; i++) _host.Publish("room", Text(i));

        var got = await ReadAllAsync(client);
        Assert.Equal(Enumerable.Range(0, got.Count).Select(Text), got);
        Assert.InRange(got.Count, 8, 11);
    }

    [Fact]
    public async Task Policy_drop_oldest_keeps_the_last_messages_and_what_was_half_written()
    {
        await using var client = await SlowAsync(SlowPeerPolicy.DropOldest);
        for (var i = 0; i < 30; i++) _host.Publish("room", Text(i));

        var got = await ReadAllAsync(client);
        Assert.Equal(Text(0), got[0]);
        Assert.Equal(Text(29), got[^1]);
        Assert.Equal(got.Order(), got);
        Assert.InRange(got.Count, 8, 11);
    }

    [Fact]
    public async Task Policy_keep_latest_drops_what_waits_of_the_same_channel_only()
    {
        await using var client = await SlowAsync(SlowPeerPolicy.KeepLatest);
        client.Peer.Subscribe("other");
        _host.Publish("room", Text(0));
        _host.Publish("other", "other " + Text(1));
        for (var i = 2; i < 30; i++) _host.Publish("room", Text(i));

        var got = await ReadAllAsync(client);
        Assert.Contains("other " + Text(1), got);
        Assert.Equal(Text(29), got[^1]);
        Assert.InRange(got.Count, 3, 10);
    }

    // What one turn publishes is put together; limits and policies are for messages all the same.
    [Theory]
    [InlineData(SlowPeerPolicy.DropNewest, 0, 9)]
    [InlineData(SlowPeerPolicy.DropOldest, 20, 29)]
    [InlineData(SlowPeerPolicy.KeepLatest, 20, 29)]
    public async Task A_policy_drops_single_messages_of_what_one_turn_published(SlowPeerPolicy policy, int first, int last)
    {
        await using var client = await SlowAsync(policy);
        using (Turn.Enter())
        {
            for (var i = 0; i < 30; i++) _host.Publish("room", Text(i));
        }

        Assert.Equal(Enumerable.Range(first, last - first + 1).Select(Text), await ReadAllAsync(client));
    }

    [Fact]
    public async Task What_waits_of_a_turn_is_dropped_message_by_message()
    {
        await using var client = await SlowAsync(SlowPeerPolicy.DropOldest);
        client.Peer.Send(Text(0));
        client.Peer.Send(Text(1));
        using (Turn.Enter())
        {
            for (var i = 2; i < 10; i++) _host.Publish("room", Text(i));
        }

        for (var i = 10; i < 13; i++) _host.Publish("room", Text(i));

        Assert.Equal([Text(0), Text(1), .. Enumerable.Range(5, 8).Select(Text)], await ReadAllAsync(client));
    }

    [Theory]
    [InlineData(SlowPeerPolicy.DropNewest)]
    [InlineData(SlowPeerPolicy.DropOldest)]
    [InlineData(SlowPeerPolicy.KeepLatest)]
    public async Task A_dropping_policy_never_drops_what_was_sent_to_the_peer_alone_once_it_was_taken(SlowPeerPolicy policy)
    {
        await using var client = await SlowAsync(policy);
        var taken = new List<string>();
        for (var i = 0; i < 30; i++)
        {
            if (i % 3 == 0 && client.Peer.Send("own " + Text(i)) != SendStatus.Dropped) taken.Add("own " + Text(i));
            else _host.Publish("room", Text(i));
        }

        var got = await ReadAllAsync(client);
        Assert.Equal(taken, got.Where(text => text.StartsWith("own", StringComparison.Ordinal)));
    }

    // It used to be closed; and a ping of our own did the same to it once as many frames waited as may.
    [Fact]
    public async Task A_peer_that_sends_pings_and_does_not_read_keeps_one_pong_and_stays()
    {
        await using var client = await SlowAsync(SlowPeerPolicy.DropNewest);
        client.Peer.Send(Text(0));
        client.Peer.Send(Text(1));
        for (byte i = 0; i < 40; i++) await client.SendAsync(Opcode.Ping, [i]);
        await client.SendAsync(Opcode.Ping, [40]);
        for (var i = 0; i < 3; i++) client.Peer.Ping("ours"u8);

        List<Frame> received = [];
        do received.Add(await client.ReceiveAsync());
        while (received[^1] is not { Kind: FrameEvent.Pong, Payload: [40] });
        client.Peer.Send("still there");
        do received.Add(await client.ReceiveAsync());
        while (received[^1].Text != "still there");

        Assert.DoesNotContain(received, frame => frame.Kind == FrameEvent.Close);
        Assert.InRange(received.Count(frame => frame.Kind == FrameEvent.Ping), 1, 2);
    }

    // It used to close a peer that reads as fast as can be, and to say that it reads too slowly.
    [Fact]
    public async Task A_message_that_can_never_fit_is_not_sent_and_its_peer_stays()
    {
        await using var client = await SlowAsync(SlowPeerPolicy.Close);
        Assert.Equal(SendStatus.Dropped, client.Peer.SendBinary(new byte[1001]));
        _host.PublishBinary("room", new byte[1001]);
        Assert.Equal(SendStatus.Queued, client.Peer.Send("fits"));

        Assert.Equal("fits", await client.ReceiveTextAsync());
    }

    [Fact]
    public async Task A_wait_for_drain_that_is_cancelled_leaves_nothing_behind()
    {
        await using var client = await SlowAsync(SlowPeerPolicy.DropNewest);
        for (var i = 0; i < 5; i++) client.Peer.Send(Text(i));
        using var cancellation = new CancellationTokenSource();
        var waiting = client.Peer.WaitForDrainAsync(0, cancellation.Token).AsTask();
        Assert.Equal(1, client.Connection.Output.WaiterCount);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Patience.Limit));
        Assert.Equal(0, client.Connection.Output.WaiterCount);
    }

    [Fact]
    public async Task Very_short_published_messages_are_bounded_by_their_number()
    {
        // A frame of three bytes takes some 200 of memory: the limit of bytes alone let a hundred times as much wait.
        PeerOptions options = new() { MaxBufferedBytes = 128 * 1000, SlowPeerPolicy = SlowPeerPolicy.DropNewest };
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler(), options, pipes: s_narrow);
        client.Peer.Send(Text(0));
        client.Peer.Send(Text(1));
        client.Peer.Subscribe("room");
        for (var i = 0; i < 2000; i++) _host.Publish("room", "x");

        Assert.InRange((await ReadAllAsync(client)).Count(text => text == "x"), 998, 1000);
    }

    [Fact]
    public async Task A_slow_peer_delays_nobody_else()
    {
        await using var slow = await SlowAsync(SlowPeerPolicy.DropNewest);
        await using var fast = await MemoryClient.ConnectAsync(_host, new ScriptedHandler());
        fast.Peer.Subscribe("room");
        for (var i = 0; i < 1000; i++)
        {
            _host.Publish("room", Text(i));
            Assert.Equal(Text(i), await fast.ReceiveTextAsync());
        }

        Assert.InRange(slow.Peer.BufferedBytes, 900, 1000);
    }

    private async Task<MemoryClient> SlowAsync(SlowPeerPolicy policy)
    {
        var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler(), new() { MaxBufferedBytes = 1000, SlowPeerPolicy = policy }, pipes: s_narrow);
        client.Peer.Subscribe("room");
        return client;
    }

    // A mark behind everything that waits tells where it ends.
    private static async Task<List<string>> ReadAllAsync(MemoryClient client)
    {
        var got = new List<string>();
        client.Peer.Close();
        while (true)
        {
            var frame = await client.ReceiveAsync();
            if (frame.Kind == FrameEvent.Close) return got;
            got.Add(frame.Text);
        }
    }

    private static string Text(int i) => $"{i:000}".PadRight(98, '.');
}
