using Peers.Tests.Kit;

namespace Peers.Tests;

// Questions across nodes: who is in a channel, and messages to one peer wherever it is.
public abstract partial class ClusterSpecification
{
    [Fact]
    public async Task Counting_and_listing_ask_every_node()
    {
        await using var cluster = await StartAsync(3);
        PeerTestClient[] clients = [await cluster.A.JoinAsync("room"), await cluster.B.JoinAsync("room"), await cluster.B.JoinAsync("room"), await cluster.C.JoinAsync("hall")];

        var count = await cluster.A.Host.CountAsync("room");
        var list = await cluster.C.Host.ListAsync("room");

        Assert.Equal(3, count.Count);
        Assert.Empty(count.Missing);
        Assert.Equal(cluster.Nodes.Select(node => node.Host.Node).Order(), count.Answered.Order());
        Assert.Equal(clients[..3].Select(client => client.Peer.Id).Order(), list.Peers.Order());
        Assert.Equal(0, (await cluster.B.Host.CountAsync("nowhere")).Count);
    }

    [Fact]
    public async Task A_node_that_does_not_answer_is_named()
    {
        await using var cluster = await StartAsync(3, options => options.NodeTimeout = TimeSpan.FromMinutes(5));
        await cluster.B.JoinAsync("room");
        await cluster.C.JoinAsync("room");
        cluster.C.Leash.Kill();

        var count = await cluster.A.Host.CountAsync("room", TimeSpan.FromSeconds(1));

        Assert.Equal((1, cluster.C.Host.Node), (count.Count, Assert.Single(count.Missing)));
        Assert.Equal([cluster.A.Host.Node, cluster.B.Host.Node], count.Answered);
    }

    [Fact]
    public async Task A_message_finds_its_peer_on_any_node()
    {
        await using var cluster = await StartAsync(2);
        var (here, there) = (await cluster.A.JoinAsync(), await cluster.B.JoinAsync());

        Assert.Equal(SendStatus.Queued, await cluster.A.Host.SendAsync(there.Peer.Id, new Note("a", 1)));
        Assert.Equal(SendStatus.Queued, await cluster.A.Host.SendAsync(here.Peer.Id, new Note("a", 2)));

        Assert.Equal(1, (await there.ReceiveAsync<Note>()).Number);
        Assert.Equal(2, (await here.ReceiveAsync<Note>()).Number);
    }

    [Fact]
    public async Task Messages_to_one_peer_keep_the_order_in_which_they_were_awaited()
    {
        await using var cluster = await StartAsync(2);
        var there = await cluster.B.JoinAsync();

        for (var i = 0; i < 100; i++) await cluster.A.Host.SendAsync(there.Peer.Id, new Note("a", i));

        for (var i = 0; i < 100; i++) Assert.Equal(i, (await there.ReceiveAsync<Note>()).Number);
    }

    [Fact]
    public async Task A_peer_that_has_left_is_closed_on_any_node()
    {
        await using var cluster = await StartAsync(2);
        var there = await cluster.B.JoinAsync();
        var id = there.Peer.Id;
        await there.CloseAsync();

        Assert.Equal(SendStatus.Closed, await cluster.A.Host.SendAsync(id, new Note("a", 1)));
        Assert.False(await cluster.A.Host.CloseAsync(id));
    }

    [Fact]
    public async Task A_peer_is_closed_from_any_node_with_code_and_reason()
    {
        await using var cluster = await StartAsync(2);
        var there = await cluster.B.JoinAsync();

        Assert.True(await cluster.A.Host.CloseAsync(there.Peer.Id, (CloseCode)4000, "enough"));

        var close = await there.ReceiveCloseAsync();
        Assert.Equal(((CloseCode)4000, "enough"), (close.Code, close.Reason));
    }

    [Fact]
    public async Task A_message_to_a_node_that_is_not_there_times_out()
    {
        await using var cluster = await StartAsync(1);

        await Assert.ThrowsAsync<TimeoutException>(() => cluster.A.Host.SendAsync(PeerId.Create(cluster.A.Host.Node + 1), new Note("a", 1), TimeSpan.FromMilliseconds(200)));
    }

    [Fact]
    public async Task Questions_are_asked_over_one_inbox_a_node_and_not_over_a_subscription_a_peer()
    {
        await using var cluster = await StartAsync(2);
        for (var i = 0; i < 50; i++) await cluster.B.JoinAsync("room");

        await cluster.A.Host.ListAsync("room");

        Assert.Equal(["$node-" + cluster.B.Host.Node.ToString("x8"), "$nodes", "room"], cluster.B.Leash.Subscriptions.Keys.Order(StringComparer.Ordinal));
    }
}
