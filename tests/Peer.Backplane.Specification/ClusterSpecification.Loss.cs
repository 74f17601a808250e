using Peers.Tests.Kit;

namespace Peers.Tests;

// What is lost is told, what is repeated is not delivered, whatever happens to servers and nodes.
public abstract partial class ClusterSpecification
{
    private const int NodeLeft = 59;
    private const int NodeLost = 60;
    private const int Interrupted = 57;

    [Fact]
    public async Task A_message_that_is_lost_is_a_gap_of_its_number_when_the_next_comes()
    {
        await using var cluster = await StartAsync(2);
        var remote = await cluster.B.JoinAsync("room");
        await HearAsync(cluster.A, remote, 1);
        cluster.B.Leash.Copies = Losing("room", 3);

        cluster.A.Host.Publish("room", new Note("a", 2));
        cluster.A.Host.Publish("room", new Note("a", 3));
        cluster.A.Host.Publish("room", new Note("a", 4));

        var (notes, gaps) = await UntilAsync(remote, 4);
        Assert.Equal([2, 4], notes);
        Assert.Equal([new Gap("room", "Lost", cluster.A.Host.Node, 3, 3)], gaps.Count > 0 ? gaps : [await remote.ReceiveAsync<Gap>(Patience.Time)]);
    }

    [Fact]
    public async Task A_message_that_is_lost_and_followed_by_none_is_a_gap_too()
    {
        await using var cluster = await StartAsync(2);
        var remote = await cluster.B.JoinAsync("room");
        await HearAsync(cluster.A, remote, 1);
        cluster.B.Leash.Copies = Losing("room", 2);

        cluster.A.Host.Publish("room", new Note("a", 2));

        Assert.Equal(new Gap("room", "Lost", cluster.A.Host.Node, 2, 2), await remote.ReceiveAsync<Gap>(Patience.Time));
    }

    [Fact]
    public async Task The_first_message_of_a_node_is_missed_too_where_the_subscription_was_there_before()
    {
        await using var cluster = await StartAsync(2);
        var remote = await cluster.B.JoinAsync("room");
        await using var late = await Node.StartAsync(Late(cluster));
        await cluster.B.Log.UntilAsync(Cluster.NodeJoined);
        cluster.B.Leash.Copies = Losing("room", 1);

        late.Host.Publish("room", new Note("late", 1));

        Assert.Equal(new Gap("room", "Lost", late.Host.Node, 1, 1), await remote.ReceiveAsync<Gap>(Patience.Time));
    }

    [Fact]
    public async Task A_message_that_comes_twice_is_delivered_once()
    {
        await using var cluster = await StartAsync(2);
        var remote = await cluster.B.JoinAsync("room");
        cluster.B.Leash.Copies = static (_, _) => 2;

        for (var i = 0; i < 10; i++) cluster.A.Host.Publish("room", new Note("a", i));

        for (var i = 0; i < 10; i++) Assert.Equal(i, (await remote.ReceiveAsync<Note>(Patience.Time)).Number);
        await remote.ReceiveNothingAsync();
    }

    [Fact]
    public async Task A_message_that_comes_again_later_is_not_delivered()
    {
        await using var cluster = await StartAsync(2);
        var remote = await cluster.B.JoinAsync("room");
        byte[]? first = null;
        cluster.B.Leash.Copies = (channel, message) =>
        {
            if (channel == "room") first ??= message;
            return 1;
        };
        cluster.A.Host.Publish("room", "first");
        cluster.A.Host.Publish("room", "second");
        Assert.Equal(["first", "second"], await TextsAsync(remote, 2));

        cluster.B.Leash.Inject("room", first!);
        cluster.A.Host.Publish("room", "third");

        Assert.Equal("third", await remote.ReceiveTextAsync(Patience.Time));
    }

    [Fact]
    public async Task A_part_that_is_lost_takes_its_message_along_and_no_other()
    {
        await using var cluster = await StartAsync(2, leashed: static leash => leash.LargestMessage = 1024);
        var remote = await cluster.B.JoinAsync("room");
        await HearAsync(cluster.A, remote, 1);
        cluster.B.Leash.Copies = Losing("room", 3);

        cluster.A.Host.PublishBinary("room", new byte[3000]);
        cluster.A.Host.PublishBinary("room", new byte[2500]);

        var gap = await remote.ReceiveAsync(Patience.Time) is var one && one.Kind == MessageKind.Binary ? await remote.ReceiveAsync<Gap>(Patience.Time) : Read(one);
        Assert.Equal((2, "Lost"), (gap.First, gap.Cause));
        if (one.Kind != MessageKind.Binary) one = await NextBinaryAsync(remote);
        Assert.Equal(2500, one.Payload.Length);
    }

    [Fact]
    public async Task After_the_server_was_away_every_channel_has_a_gap_of_unknown_extent_and_goes_on()
    {
        await using var cluster = await StartAsync(2);
        var (one, other) = (await cluster.B.JoinAsync("room"), await cluster.B.JoinAsync("hall"));

        await _broker.KillAsync();
        await _broker.RestartAsync();
        foreach (var node in cluster.Nodes) await node.Log.UntilAsync(Interrupted);

        Assert.Equal(new Gap("room", "Interrupted", null, null, null), await NextGapAsync(one));
        Assert.Equal(new Gap("hall", "Interrupted", null, null, null), await NextGapAsync(other));
        cluster.A.Host.Publish("room", new Note("a", 1));
        cluster.A.Host.Publish("hall", new Note("a", 2));
        Assert.Equal(1, (await one.SkipToAsync<Note>(Patience.Time)).Number);
        Assert.Equal(2, (await other.SkipToAsync<Note>(Patience.Time)).Number);
    }

    [Fact]
    public async Task While_the_server_is_away_a_node_serves_its_own_peers()
    {
        await using var cluster = await StartAsync(2);
        var (one, other) = (await cluster.A.JoinAsync("room"), await cluster.A.JoinAsync("room"));
        await _broker.KillAsync();

        one.Peer.Publish("room", "still here");
        var late = await cluster.A.JoinAsync();
        late.Peer.Subscribe("new");
        cluster.A.Host.Publish("new", "here too");

        Assert.Equal("still here", await other.ReceiveTextAsync());
        Assert.Equal("here too", await late.ReceiveTextAsync());
        await _broker.RestartAsync();
        await cluster.A.Leash.WhenSubscribed("new");
    }

    [Fact]
    public async Task A_server_that_is_halted_and_goes_on_leaves_nothing_unreported_and_repeats_nothing()
    {
        await using var cluster = await StartAsync(2);
        var remote = await cluster.B.JoinAsync("room");
        await HearAsync(cluster.A, remote, 1);

        _broker.Pause();
        for (var i = 2; i <= 50; i++) cluster.A.Host.Publish("room", new Note("a", i));
        _broker.Resume();
        if (_broker is MemoryBroker) await cluster.A.Log.UntilAsync(Interrupted);
        cluster.A.Host.Publish("room", new Note("a", 51));

        await AssertAccountedForAsync(remote, cluster.A.Host.Node, first: 2, last: 51);
    }

    [Fact]
    public async Task A_node_that_is_gone_without_a_word_is_a_gap_where_it_had_published()
    {
        await using var cluster = await StartAsync(3, options => options.NodeTimeout = TimeSpan.FromSeconds(1));
        var (remote, quiet) = (await cluster.B.JoinAsync("room"), await cluster.B.JoinAsync("hall"));
        await HearAsync(cluster.A, remote, 1);

        // The question for the quiet channel is answered: a node that is lost before that leaves a gap there too.
        await cluster.B.JoinAsync();
        await cluster.B.Host.CountAsync("room");
        cluster.A.Leash.Kill();
        await cluster.B.Log.UntilAsync(NodeLost);

        Assert.Equal(new Gap("room", "NodeLost", cluster.A.Host.Node, 2, null), await remote.ReceiveAsync<Gap>(Patience.Time));
        cluster.C.Host.Publish("room", new Note("c", 1));
        cluster.C.Host.Publish("hall", new Note("c", 2));
        Assert.Equal(1, (await remote.ReceiveAsync<Note>(Patience.Time)).Number);
        Assert.Equal(2, (await quiet.ReceiveAsync<Note>(Patience.Time)).Number);
        Assert.DoesNotContain(cluster.A.Host.Node, cluster.B.Host.OtherNodes);
    }

    // The numbers of a lost node were forgotten, and what it published before it was heard again was never reported.
    [Fact]
    public async Task What_a_node_published_while_it_was_lost_is_a_gap_of_its_numbers_when_it_returns()
    {
        await using var cluster = await StartAsync(2, options => options.NodeTimeout = TimeSpan.FromSeconds(1));
        var (room, quiet) = (await cluster.B.JoinAsync("room"), await cluster.B.JoinAsync("quiet"));
        await HearAsync(cluster.A, room, 1);

        // Once a peer can join, the questions of the channels above are sent; a question of the host's follows them, and so does its answer.
        await cluster.B.JoinAsync();
        await cluster.B.Host.CountAsync("room");
        cluster.A.Leash.Cut();
        await cluster.B.Log.UntilAsync(NodeLost);
        for (var i = 2; i <= 6; i++) cluster.A.Host.Publish("room", new Note("a", i));
        for (var i = 1; i <= 5; i++) cluster.A.Host.Publish("quiet", new Note("a", i));
        await cluster.A.Leash.WhenLost(10);

        cluster.A.Leash.Heal();

        Assert.Equal(new Gap("room", "NodeLost", cluster.A.Host.Node, 2, null), await room.ReceiveAsync<Gap>(Patience.Time));
        Assert.Equal(new Gap("room", "Lost", cluster.A.Host.Node, 2, 6), await room.ReceiveAsync<Gap>(Patience.Time));
        Assert.Equal(new Gap("quiet", "Lost", cluster.A.Host.Node, 1, 5), await quiet.ReceiveAsync<Gap>(Patience.Time));
        await HearAsync(cluster.A, room, 7);
    }

    // The question for the first number was lost and not repeated: the next number became the beginning, and the five before it were lost without a gap.
    [Fact]
    public async Task What_a_node_publishes_while_it_is_cut_off_is_a_gap_for_a_peer_that_joins_meanwhile()
    {
        await using var cluster = await StartAsync(2);
        cluster.A.Leash.Cut();
        var room = await cluster.B.JoinAsync("room");
        for (var i = 1; i <= 5; i++) cluster.A.Host.Publish("room", new Note("a", i));
        await cluster.A.Leash.WhenLost(5);
        await cluster.A.Leash.WhenQuestionLost();

        cluster.A.Leash.Heal();
        cluster.A.Host.Publish("room", new Note("a", 6));

        var (_, gaps) = await UntilAsync(room, 6);
        Assert.Equal([new Gap("room", "Lost", cluster.A.Host.Node, null, null)], gaps.Count > 0 ? gaps : [await room.ReceiveAsync<Gap>(Patience.Time)]);
    }

    [Fact]
    public async Task A_node_that_stops_says_goodbye_and_leaves_no_gap()
    {
        await using var cluster = await StartAsync(2);
        var late = await Node.StartAsync(Late(cluster));
        await cluster.B.Log.UntilAsync(Cluster.NodeJoined);
        var remote = await cluster.B.JoinAsync("room");
        late.Host.Publish("room", "last words");

        await late.DisposeAsync();
        await cluster.B.Log.UntilAsync(NodeLeft);

        Assert.Equal("last words", await remote.ReceiveTextAsync(Patience.Time));
        await remote.ReceiveNothingAsync();
    }

    [Fact]
    public async Task What_does_not_fit_into_the_queue_to_the_server_is_a_gap_elsewhere()
    {
        await using var cluster = await StartAsync(2, options => options.MaxOutgoingBytes = 64 * 1024);
        var (here, remote) = (await cluster.A.JoinAsync("room"), await cluster.B.JoinAsync("room"));
        await HearAsync(cluster.A, remote, 1);
        await here.ReceiveAsync<Note>();

        cluster.A.Host.PublishBinary("room", new byte[100_000]);
        cluster.A.Host.Publish("room", new Note("a", 3));

        Assert.Equal(100_000, (await here.ReceiveBinaryAsync()).Length);
        var (notes, gaps) = await UntilAsync(remote, 3);
        Assert.Equal([3], notes);
        Assert.Equal([new Gap("room", "Lost", cluster.A.Host.Node, 2, 2)], gaps.Count > 0 ? gaps : [await remote.ReceiveAsync<Gap>(Patience.Time)]);
    }

    [Fact]
    public async Task What_no_node_of_this_version_wrote_is_logged_and_ignored()
    {
        await using var cluster = await StartAsync(2);
        var remote = await cluster.B.JoinAsync("room");

        cluster.B.Leash.Inject("room", [99, 1, 2, 3]);
        cluster.B.Leash.Inject("room", []);
        cluster.B.Leash.Inject("room", [2, 12, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, (byte)'x']);
        cluster.B.Leash.Inject("$nodes", [1, 32 | 12, 9, 9, 9, 9, 1, 0, 0, 0, 0, 0, 0, 0, 3, 255, 255, 255, 127]);
        cluster.A.Host.Publish("room", "ours");

        Assert.Equal("ours", await remote.ReceiveTextAsync(Patience.Time));
        await cluster.B.Log.UntilAsync(55);
    }

    [Fact]
    public async Task Without_a_server_a_node_does_not_start_unless_it_may()
    {
        await _broker.KillAsync();

        await Assert.ThrowsAsync<BackplaneException>(() => Node.StartAsync(_broker.Connect()));
        await using var degraded = await Node.StartAsync(_broker.Connect(), options => options.OnStart = BackplaneStart.Degraded);
        var (one, other) = (await degraded.JoinAsync(), await degraded.JoinAsync());
        one.Peer.Subscribe("room");
        other.Peer.Publish("room", "alone");
        Assert.Equal("alone", await one.ReceiveTextAsync());

        await _broker.RestartAsync();
        await degraded.Leash.WhenSubscribed("room");
        Assert.Equal("Interrupted", (await one.ReceiveAsync<Gap>(Patience.Time)).Cause);
        await using var second = await Node.StartAsync(_broker.Connect());
        second.Host.Publish("room", "together");
        Assert.Equal("together", await one.ReceiveTextAsync(Patience.Time));
    }

    // Further nodes of the same cluster; memory knows no prefixes.
    private IBackplane Late(Cluster cluster) => _broker.Connect(cluster.Prefix);

    private static Func<string, byte[], int> Losing(string channel, long number) =>
        (name, message) => name == channel && message.Length >= 14 && BitConverter.ToInt64(message, 6) == number ? 0 : 1;

    private static async Task HearAsync(Node from, PeerTestClient to, int number)
    {
        from.Host.Publish("room", new Note("a", number));
        Assert.Equal(number, (await to.ReceiveAsync<Note>(Patience.Time)).Number);
    }

    private static async Task<(List<int> Notes, List<Gap> Gaps)> UntilAsync(PeerTestClient client, int last)
    {
        var (notes, gaps) = (new List<int>(), new List<Gap>());
        while (notes.Count == 0 || notes[^1] != last) Sort(await client.ReceiveAsync(Patience.Time), notes, gaps);
        return (notes, gaps);
    }

    private static async Task AssertAccountedForAsync(PeerTestClient client, uint node, int first, int last)
    {
        var (notes, gaps) = (new List<int>(), new List<Gap>());
        while (!IsAccountedFor()) Sort(await client.ReceiveAsync(Patience.Time), notes, gaps);
        Assert.Equal(notes.Distinct().Order(), notes);

        bool IsAccountedFor() => Enumerable.Range(first, last - first + 1).All(number =>
            notes.Contains(number) || gaps.Exists(gap => gap.Node == node && gap.First <= number && number <= gap.Last));
    }

    private static void Sort(Message message, List<int> notes, List<Gap> gaps)
    {
        var text = System.Text.Encoding.UTF8.GetString(message.Payload.Span);
        if (text.Contains("\"gap\"", StringComparison.Ordinal)) gaps.Add(Read(message));
        else notes.Add(System.Text.Json.JsonDocument.Parse(text).RootElement.GetProperty("number").GetInt32());
    }

    private static Gap Read(Message message)
    {
        var gap = System.Text.Json.JsonDocument.Parse(message.Payload).RootElement;
        return new(gap.GetProperty("channel").GetString()!, gap.GetProperty("cause").GetString()!, Number("node") is { } node ? (uint)node : null, Number("first"), Number("last"));

        long? Number(string name) => gap.TryGetProperty(name, out var value) && value.ValueKind == System.Text.Json.JsonValueKind.Number ? value.GetInt64() : null;
    }

    private static async Task<Gap> NextGapAsync(PeerTestClient client) => await client.SkipToAsync<Gap>(Patience.Time);

    private static async Task<Message> NextBinaryAsync(PeerTestClient client)
    {
        while (true)
        {
            if (await client.ReceiveAsync(Patience.Time) is { Kind: MessageKind.Binary } message) return message;
        }
    }
}
