using Microsoft.Extensions.Time.Testing;
using Peers.Channels;
using Peers.Tests.Kit;

namespace Peers.Tests.Channels;

/// <summary>Traffic on the backplane that no node would send: it takes bounded memory, and silences no node.</summary>
public sealed class ForgeryTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private readonly LogLines _log = new();
    private readonly SilentBackplane _backplane = new();
    private readonly BackplaneOptions _options = new() { MaxIncomingBytes = 1024 * 1024 };
    private readonly PeerHost _host;
    private readonly OtherNode _real;
    private MemoryClient _client = null!;

    public ForgeryTests()
    {
        _host = new(_time, _log, backplane: _backplane, backplaneOptions: _options);
        _real = Node(1);
    }

    public async ValueTask InitializeAsync()
    {
        await _host.StartAsync();
        _client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler());
        _client.Peer.Subscribe("room");
        await _host.WhenSubscribed();
        _real.Say(ControlKind.Heartbeat);
        _real.Publish("room", "first");
        Assert.Equal("first", await _client.ReceiveTextAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _host.DisposeAsync();
    }

    // Two hundred of them held 880 MB for ever.
    [Fact]
    public async Task Parts_of_messages_from_nodes_that_were_never_heard_are_not_kept()
    {
        for (uint number = 100; number < 300; number++) Node(number).PublishPart("room", 100_000);

        Assert.Equal(0, _host.Channels.Relay!.PartialBytes);
        await AssertHeardAsync("second");
    }

    [Fact]
    public async Task Unfinished_messages_of_all_nodes_together_are_bounded()
    {
        for (uint number = 100; number < 300; number++)
        {
            var node = Node(number);
            node.Say(ControlKind.Heartbeat);
            await UntilAsync(() => _host.OtherNodes.Contains(node.Number));
            node.PublishPart("room", 100_000);
        }

        Assert.InRange(_host.Channels.Relay!.PartialBytes, 100_000, 4 * _options.MaxIncomingBytes);
        await AssertHeardAsync("second");
    }

    [Fact]
    public async Task What_an_unfinished_message_held_is_free_again_when_its_node_is_lost()
    {
        _real.PublishPart("room", 100_000);
        Assert.Equal(100_000, _host.Channels.Relay!.PartialBytes);
        for (var beats = 0; beats < 40; beats++) _time.Advance(TimeSpan.FromMilliseconds(200));

        await UntilAsync(() => _host.Channels.Relay!.PartialBytes == 0);
    }

    // What the node published afterwards counted as delivered already.
    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(1L << 53)]
    [InlineData((1L << 32) + 100)]
    public async Task A_number_that_skips_too_many_is_ignored_and_the_node_is_heard_as_before(long sequence)
    {
        _real.Forge("room", sequence, "forged");
        _real.Say(OtherNode.Heartbeat().Write(new ChannelSequence("room", Math.Min(sequence, 1L << 53), IsFresh: false)));

        await AssertHeardAsync("second");
        await AssertHeardAsync("third");
        Assert.Equal(0, _log.Count(56));
        Assert.NotEqual(0, _log.Count(55));
    }

    // Each was greeted, asked for its numbers and logged: legitimate messages waited for five seconds.
    [Fact]
    public async Task No_more_nodes_are_noted_than_a_cluster_can_have()
    {
        for (uint number = 2; number < 3000; number++) Node(number).Say(ControlKind.Heartbeat);
        await AssertHeardAsync("second");

        Assert.Equal(ClusterMembership.MaxPresent, _host.OtherNodes.Count);
        Assert.Contains(_real.Number, _host.OtherNodes);
    }

    [Fact]
    public async Task The_numbers_of_nodes_that_send_no_heartbeat_are_forgotten()
    {
        var tracker = new SequenceTracker("room", maxPartialBytes: 1000, new PartialBudget(1000), _options, _time);
        for (uint number = 1; number <= 5000; number++) Take(tracker, number);
        Assert.Equal(2 * ClusterMembership.MaxPresent, tracker.Count);
        Assert.True(tracker.IsRejected);

        tracker.ForgetStrangers(number => number <= 10);
        Assert.Equal(2 * ClusterMembership.MaxPresent, tracker.Count);
        tracker.ForgetStrangers(number => number <= 10);
        Assert.Equal(10, tracker.Count);
        Take(tracker, 6000);
        Assert.False(tracker.IsRejected);
        await AssertHeardAsync("second");
    }

    private static void Take(SequenceTracker tracker, uint node)
    {
        var payload = new System.Buffers.ReadOnlySequence<byte>(new byte[1]);
        tracker.TryTake(new(RelayFlags.First | RelayFlags.Last, node, 1), ref payload, out _, out _);
        tracker.Done();
    }

    private OtherNode Node(uint number) => new(_backplane, _host.Node + number);

    private async Task AssertHeardAsync(string text)
    {
        _real.Publish("room", text);
        Assert.Equal(text, await _client.ReceiveTextAsync());
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var end = Environment.TickCount64 + Patience.Limit.TotalMilliseconds; !condition(); await Task.Yield())
        {
            Assert.True(Environment.TickCount64 < end, "What was expected did not happen.");
        }
    }
}
