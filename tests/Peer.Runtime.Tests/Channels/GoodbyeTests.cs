using Microsoft.Extensions.Time.Testing;
using Peers.Channels;
using Peers.Tests.Kit;

namespace Peers.Tests.Channels;

/// <summary>A node that leaves. Where a server keeps no order between channels, its goodbye overtakes what it said before.</summary>
public sealed class GoodbyeTests : IAsyncLifetime
{
    private const int GapFound = 56;
    private const int NodeJoined = 58;
    private const int NodeLeft = 59;
    private const int NodeLost = 60;

    private static readonly BackplaneOptions s_options = new();

    private readonly FakeTimeProvider _time = new();
    private readonly LogLines _log = new();
    private readonly SilentBackplane _backplane = new();
    private readonly OtherNode _leaving;
    private readonly OtherNode _staying;
    private readonly PeerHost _host;
    private MemoryClient _client = null!;

    public GoodbyeTests()
    {
        _host = new(_time, _log, backplane: _backplane, backplaneOptions: s_options);
        (_leaving, _staying) = (new(_backplane, _host.Node + 1), new(_backplane, _host.Node + 2));
    }

    public async ValueTask InitializeAsync()
    {
        await _host.StartAsync();
        _client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler());
        _client.Peer.Subscribe("room");
        await _host.WhenSubscribed();
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _host.DisposeAsync();
    }

    // It was a new node until NodeTimeout, and then one that was lost without a word.
    [Fact]
    public async Task What_a_goodbye_overtook_is_delivered_and_is_no_new_node()
    {
        _leaving.Say(ControlKind.Heartbeat);
        _leaving.Publish("room", "first");
        _leaving.Say(ControlKind.Goodbye);
        _leaving.Say(ControlKind.Heartbeat);
        _leaving.Publish("room", "late");
        Assert.Equal("first", await _client.ReceiveTextAsync());
        Assert.Equal("late", await _client.ReceiveTextAsync());

        _time.Advance(s_options.NodeTimeout * 2);
        await SettleAsync();

        Assert.Empty(_host.OtherNodes);
        Assert.Equal((1, 1, 0, 0), (_log.Count(NodeJoined), _log.Count(NodeLeft), _log.Count(NodeLost), _log.Count(GapFound)));
    }

    [Fact]
    public async Task A_goodbye_that_overtakes_all_else_makes_no_node_either()
    {
        _leaving.Say(ControlKind.Goodbye);
        _leaving.Say(ControlKind.Heartbeat);
        await SettleAsync();

        Assert.Empty(_host.OtherNodes);
        Assert.Equal((0, 0), (_log.Count(NodeJoined), _log.Count(NodeLeft)));
    }

    [Fact]
    public async Task What_is_missing_of_what_a_goodbye_overtook_is_told()
    {
        _leaving.Say(ControlKind.Heartbeat);
        _leaving.Publish("room", "first");
        _leaving.Say(ControlKind.Goodbye);
        await SettleAsync(passed: 1);
        _leaving.Lose("room");
        _leaving.Publish("room", "third");
        await SettleAsync(passed: 1);

        Assert.Contains($"'room': 2 to 2 of node {_leaving.Number:x8} (Lost)", _log.Single(GapFound), StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_NodeTimeout_a_node_that_left_is_forgotten()
    {
        _leaving.Say(ControlKind.Heartbeat);
        _leaving.Publish("room", "first");
        _leaving.Say(ControlKind.Goodbye);
        await SettleAsync(passed: 1);
        _time.Advance(s_options.NodeTimeout * 2);

        // No number is used twice; this one only shows what is remembered.
        _leaving.Lose("room");
        _leaving.Say(ControlKind.Heartbeat);
        _leaving.Publish("room", "third");
        await SettleAsync(passed: 1);

        Assert.Equal([_leaving.Number], _host.OtherNodes);
        Assert.Equal(0, _log.Count(GapFound));
    }

    [Fact]
    public void So_many_are_remembered_and_no_more()
    {
        var membership = new ClusterMembership(s_options, _time);
        for (uint node = 0; node < ClusterMembership.MaxLeft; node++) Assert.True(membership.Leave(node, out _));

        Assert.False(membership.Leave(ClusterMembership.MaxLeft, out _));
        Assert.True(membership.Leave(1, out _));
        Assert.Equal(Hearing.Ignored, membership.RecordHeartbeat(1, out _));
        _time.Advance(s_options.NodeTimeout * 2);
        Assert.Equal(ClusterMembership.MaxLeft, membership.TakeLeft().Length);
        Assert.Equal(Hearing.Joined, membership.RecordHeartbeat(1, out _));
    }

    // What came is handed on one by one: when this is through, all before it is.
    private async Task SettleAsync(int passed = 0)
    {
        _staying.Publish("room", "settled");
        for (var i = 0; i < passed; i++) await _client.ReceiveTextAsync();
        Assert.Equal("settled", await _client.ReceiveTextAsync());
    }
}
