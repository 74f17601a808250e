using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>Channels over several nodes, as hosts and peers see them; every backplane carries them alike.</summary>
public abstract partial class ClusterSpecification : IAsyncLifetime
{
    private IBroker _broker = null!;

    protected abstract Task<IBroker> StartBrokerAsync();

    public async ValueTask InitializeAsync() => _broker = await StartBrokerAsync();

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Every_subscriber_on_every_node_gets_a_message_once()
    {
        await using var cluster = await StartAsync(3);
        var clients = new List<PeerTestClient>();
        foreach (var node in cluster.Nodes)
        {
            for (var i = 0; i < 3; i++) clients.Add(await node.JoinAsync("room"));
        }

        cluster.A.Host.Publish("room", "first");
        cluster.A.Host.Publish("room", "last");

        foreach (var client in clients) Assert.Equal(["first", "last"], await TextsAsync(client, 2));
        foreach (var client in clients) await client.ReceiveNothingAsync();
    }

    [Fact]
    public async Task The_sender_is_left_out_and_everybody_else_is_not()
    {
        await using var cluster = await StartAsync(2);
        var (sender, neighbour, remote) = (await cluster.A.JoinAsync("room"), await cluster.A.JoinAsync("room"), await cluster.B.JoinAsync("room"));

        sender.Peer.Publish("room", "hello");
        cluster.A.Host.Publish("room", "all");

        Assert.Equal("all", await sender.ReceiveTextAsync());
        Assert.Equal(["hello", "all"], await TextsAsync(neighbour, 2));
        Assert.Equal(["hello", "all"], await TextsAsync(remote, 2));
    }

    [Fact]
    public async Task Who_publishes_need_not_have_subscribers_of_its_own()
    {
        await using var cluster = await StartAsync(2);
        var remote = await cluster.B.JoinAsync("room");

        cluster.A.Host.Publish("room", new Note("a", 1));

        Assert.Equal(new Note("a", 1), await remote.ReceiveAsync<Note>());
    }

    [Fact]
    public async Task Each_publisher_keeps_its_order()
    {
        const int count = 3_000;
        await using var cluster = await StartAsync(3);
        var remote = await cluster.C.JoinAsync("room");

        await Task.WhenAll(PublishAsync(cluster.A, "a"), PublishAsync(cluster.B, "b")).InTime();

        var next = new Dictionary<string, int>(StringComparer.Ordinal) { ["a"] = 0, ["b"] = 0 };
        for (var i = 0; i < 2 * count; i++)
        {
            var note = await remote.ReceiveAsync<Note>(Patience.Time);
            Assert.Equal(next[note.From]++, note.Number);
        }

        static Task PublishAsync(Node node, string from) => Task.Run(() =>
        {
            for (var i = 0; i < count; i++) node.Host.Publish("room", new Note(from, i));
        });
    }

    [Fact]
    public async Task Binary_messages_stay_binary_and_texts_stay_text()
    {
        await using var cluster = await StartAsync(2);
        var remote = await cluster.B.JoinAsync("room");
        var bytes = Enumerable.Range(0, 256).Select(i => (byte)i).ToArray();

        cluster.A.Host.PublishBinary("room", bytes);
        cluster.A.Host.Publish("room", "日本 🙂");
        cluster.A.Host.PublishBinary("room", []);

        Assert.Equal(bytes, await remote.ReceiveBinaryAsync());
        Assert.Equal("日本 🙂", await remote.ReceiveTextAsync());
        Assert.Empty(await remote.ReceiveBinaryAsync());
    }

    [Fact]
    public async Task A_message_of_a_mebibyte_arrives_whole_between_others()
    {
        await using var cluster = await StartAsync(2);
        var remote = await cluster.B.JoinAsync("room");
        var large = new byte[1024 * 1024];
        new Random(1).NextBytes(large);

        cluster.A.Host.Publish("room", "before");
        cluster.A.Host.PublishBinary("room", large);
        cluster.A.Host.PublishBinary("room", large.AsSpan(1));
        cluster.A.Host.Publish("room", "after");

        Assert.Equal("before", await remote.ReceiveTextAsync());
        var (first, second) = (await remote.ReceiveBinaryAsync(), await remote.ReceiveBinaryAsync());
        Assert.True(first.AsSpan().SequenceEqual(large));
        Assert.True(second.AsSpan().SequenceEqual(large.AsSpan(1)));
        Assert.Equal("after", await remote.ReceiveTextAsync());
    }

    [Fact]
    public async Task Names_that_servers_reserve_are_channels_like_others()
    {
        string[] names = ["a.b", "*", ">", "a.*", "a b", "$nodes", "$$nodes", "$", "日本", "\uD800", "\0", new('x', 3000)];
        await using var cluster = await StartAsync(2);
        var remotes = new List<PeerTestClient>();
        foreach (var name in names) remotes.Add(await JoinAsync(cluster.B, name));

        for (var i = 0; i < names.Length; i++) cluster.A.Host.Publish(names[i], $"{i}");

        for (var i = 0; i < names.Length; i++)
        {
            Assert.Equal($"{i}", await remotes[i].ReceiveTextAsync());
            await remotes[i].ReceiveNothingAsync();
        }

        static async Task<PeerTestClient> JoinAsync(Node node, string name)
        {
            var client = await node.JoinAsync();
            client.Peer.Subscribe(name);
            await node.Leash.WhenSubscribed(name[0] == '$' ? "$" + name : name);
            return client;
        }
    }

    [Fact]
    public async Task Ten_thousand_channels_each_reach_their_own_subscriber()
    {
        const int count = 10_000;
        await using var cluster = await StartAsync(2);
        var names = Enumerable.Range(0, count).Select(i => $"room/{i}").ToArray();
        var remotes = new List<PeerTestClient>();
        foreach (var some in names.Chunk(count / 10)) remotes.Add(await cluster.B.JoinAsync(some));

        foreach (var name in names) cluster.A.Host.Publish(name, name);

        // Backplanes owe an order within a channel only: these arrive in any, also from one node.
        var got = new List<string>();
        foreach (var remote in remotes) got.AddRange(await TextsAsync(remote, count / 10));
        Assert.Equal(names.Order(StringComparer.Ordinal), got.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Whoever_stays_in_a_storm_of_joining_and_leaving_misses_nothing()
    {
        const int count = 500;
        await using var cluster = await StartAsync(2, options => options.Linger = TimeSpan.Zero);
        var stays = await cluster.B.JoinAsync("room");
        var storm = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            var client = await cluster.B.JoinAsync();
            for (var i = 0; i < count; i++)
            {
                client.Peer.Subscribe("room");
                client.Peer.Subscribe($"other/{i % 7}");
                client.Peer.Unsubscribe("room");
                client.Peer.Unsubscribe($"other/{i % 7}");
            }
        }));

        var publishing = Task.Run(() =>
        {
            for (var i = 0; i < count; i++) cluster.A.Host.Publish("room", new Note("a", i));
        });
        await Task.WhenAll([.. storm, publishing]).InTime();

        for (var i = 0; i < count; i++) Assert.Equal(i, (await stays.ReceiveAsync<Note>(Patience.Time)).Number);
    }

    [Fact]
    public async Task However_two_nodes_race_in_joining_and_leaving_the_last_word_counts()
    {
        await using var cluster = await StartAsync(2, options => options.Linger = TimeSpan.Zero);
        var (one, other) = (await cluster.A.JoinAsync(), await cluster.B.JoinAsync());
        for (var round = 0; round < 20; round++)
        {
            await Task.WhenAll(RaceAsync(one), RaceAsync(other)).InTime();
        }

        await cluster.A.Leash.WhenSubscribed("room");
        await cluster.B.Leash.WhenSubscribed("room");
        await MeetAsync(cluster.A, other, "to b");
        await MeetAsync(cluster.B, one, "to a");

        static Task RaceAsync(PeerTestClient client) => Task.Run(() =>
        {
            client.Peer.Unsubscribe("room");
            client.Peer.Subscribe("room");
            client.Peer.Unsubscribe("room");
            client.Peer.Subscribe("room");
        });
    }

    [Fact]
    public async Task One_subscription_serves_all_peers_of_a_node_and_lingers_after_the_last()
    {
        var linger = TimeSpan.FromMilliseconds(400);
        await using var cluster = await StartAsync(1, options => options.Linger = linger);
        var clients = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => cluster.A.JoinAsync("room")));

        foreach (var client in clients) client.Peer.Unsubscribe("room");
        clients[0].Peer.Subscribe("room");
        clients[0].Peer.Unsubscribe("room");
        Assert.Equal(1, cluster.A.Leash.Subscriptions["room"]);

        await cluster.A.Leash.WhenUnsubscribed("room");
        clients[1].Peer.Subscribe("room");
        await cluster.A.Leash.WhenSubscribed("room");
        Assert.Equal(2, cluster.A.Leash.Subscriptions["room"]);
    }

    [Fact]
    public async Task Applications_with_prefixes_of_their_own_do_not_hear_each_other()
    {
        await using var cluster = await StartAsync(2);
        await using var others = await StartAsync(2);
        if (_broker is MemoryBroker) return;
        var (remote, stranger) = (await cluster.B.JoinAsync("room"), await others.B.JoinAsync("room"));

        cluster.A.Host.Publish("room", "ours");
        others.A.Host.Publish("room", "theirs");

        Assert.Equal("ours", await remote.ReceiveTextAsync());
        Assert.Equal("theirs", await stranger.ReceiveTextAsync());
        await remote.ReceiveNothingAsync();
        await stranger.ReceiveNothingAsync();
    }

    protected Task<Cluster> StartAsync(int count, Action<BackplaneOptions>? configure = null, Action<Leash>? leashed = null) => Cluster.StartAsync(_broker, count, configure, leashed);

    private static async Task<string[]> TextsAsync(PeerTestClient client, int count)
    {
        var texts = new string[count];
        for (var i = 0; i < count; i++) texts[i] = await client.ReceiveTextAsync(Patience.Time);
        return texts;
    }

    private static async Task MeetAsync(Node from, PeerTestClient to, string text)
    {
        from.Host.Publish("room", text);
        while (await to.ReceiveTextAsync(Patience.Time) != text) { }
    }
}
