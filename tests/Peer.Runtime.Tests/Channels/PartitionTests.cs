using Microsoft.Extensions.Time.Testing;
using Peers.Tests.Kit;

namespace Peers.Tests.Channels;

/// <summary>Two nodes that lose each other for a while, and a node that was paused. The clock moves only when the test says so.</summary>
public sealed class PartitionTests : IAsyncLifetime
{
    private static readonly TimeSpan s_beat = TimeSpan.FromMilliseconds(200);

    private readonly BackplaneOptions _options = new()
    {
        HeartbeatInterval = TimeSpan.FromMilliseconds(400),
        NodeTimeout = TimeSpan.FromSeconds(2),
        NodeMemory = TimeSpan.FromSeconds(20),
    };
    private readonly FakeTimeProvider _time = new();
    private readonly MemoryBackplane _backplane = new();
    private readonly PausingTime _clock;
    private readonly PartitionedBackplane _near;
    private readonly PartitionedBackplane _far;
    private readonly PeerHost _publishing;
    private readonly PeerHost _subscribing;

    public PartitionTests()
    {
        (_near, _far) = (new(_backplane.Connect()), new(_backplane.Connect()));
        _clock = new(_time);
        _subscribing = new(_clock, backplane: _near, backplaneOptions: _options);
        _publishing = new(_time, backplane: _far, backplaneOptions: _options);
    }

    public async ValueTask InitializeAsync()
    {
        await _subscribing.StartAsync();
        await _publishing.StartAsync();
        await MeetAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _publishing.DisposeAsync();
        await _subscribing.DisposeAsync();
    }

    // The numbers were forgotten with the node: on the busy channel what it published meanwhile was never reported, and on the
    // quiet one nothing at all was.
    [Fact]
    public async Task What_a_node_published_while_it_was_lost_is_reported_when_it_is_heard_again()
    {
        var (busy, quiet) = (await JoinAsync("busy"), await JoinAsync("quiet"));
        Publish("busy", 3);
        await UntilAsync(() => busy.Count == 3);
        await CutUntilLostAsync();
        await UntilAsync(() => busy.Gaps.Count == 1);
        Publish("busy", 5);
        Publish("quiet", 5);

        await HealAsync();

        await BeatUntilAsync(() => busy.Gaps.Count == 2 && quiet.Gaps.Count == 1);
        Assert.Equal([NodeLost("busy", 4), Lost("busy", 4, 8)], busy.Gaps);
        Assert.Equal([Lost("quiet", 1, 5)], quiet.Gaps);
        Publish("quiet", 1);
        await UntilAsync(() => quiet.Count == 1);
        Assert.Single(quiet.Gaps);
    }

    [Fact]
    public async Task A_node_that_returns_and_missed_nothing_is_no_gap()
    {
        var quiet = await JoinAsync("quiet");
        await CutUntilLostAsync();
        await HealAsync();
        await BeatAsync(10);

        Publish("quiet", 2);
        await UntilAsync(() => quiet.Count == 2);
        Assert.Empty(quiet.Gaps);
    }

    // The question was lost, and the next heartbeat or message became the beginning: all five were lost without a gap.
    [Theory, InlineData(0), InlineData(2)]
    public async Task What_a_node_publishes_while_it_is_cut_off_briefly_is_a_gap_for_a_channel_that_is_subscribed_meanwhile(int before)
    {
        Publish("late", before);
        await SettleOutgoingAsync();
        _far.IsCut = true;
        var late = await JoinAsync("late");
        Publish("late", 5);
        await UntilAsync(() => _far.Lost == 6);
        _far.IsCut = false;
        Publish("late", 1);
        await BeatUntilAsync(() => !late.Gaps.IsEmpty);

        Assert.Equal([new ChannelGap("late", ChannelGapCause.Lost) { Node = _publishing.Node }], late.Gaps);
        await UntilAsync(() => late.Count == 1);
        Publish("late", 1);
        await UntilAsync(() => late.Count == 2);
        Assert.Single(late.Gaps);
    }

    [Fact]
    public async Task A_channel_that_is_subscribed_while_a_node_is_cut_off_has_no_gap_where_the_node_published_nothing_meanwhile()
    {
        Publish("late", 2);
        await BeatAsync(5);
        _far.IsCut = true;
        var late = await JoinAsync("late");
        await UntilAsync(() => _far.Lost == 1);
        Advance(3);
        await SettleOutgoingAsync();
        _far.IsCut = false;
        await BeatAsync(10);

        Publish("late", 1);
        await UntilAsync(() => late.Count == 1);
        Assert.Empty(late.Gaps);
    }

    [Fact]
    public async Task A_channel_that_is_subscribed_while_a_node_is_lost_has_a_gap_when_the_node_returns()
    {
        await CutUntilLostAsync();
        var late = await JoinAsync("late");
        Publish("late", 5);
        await HealAsync();

        await BeatUntilAsync(() => !late.Gaps.IsEmpty);
        Assert.Equal([new ChannelGap("late", ChannelGapCause.Lost) { Node = _publishing.Node }], late.Gaps);
    }

    [Fact]
    public async Task When_the_numbers_of_a_lost_node_are_forgotten_every_channel_has_a_gap_without_an_end()
    {
        var (busy, quiet) = (await JoinAsync("busy"), await JoinAsync("quiet"));
        Publish("busy", 3);
        await UntilAsync(() => busy.Count == 3);
        await CutUntilLostAsync();
        await UntilAsync(() => busy.Gaps.Count == 1);
        Publish("quiet", 5);
        Assert.Empty(quiet.Gaps);

        Advance((int)(_options.NodeMemory / s_beat));

        await UntilAsync(() => busy.Gaps.Count == 2 && quiet.Gaps.Count == 1);
        Assert.Equal([NodeLost("busy", 4), NodeLost("busy", 4)], busy.Gaps);
        Assert.Equal([NodeLost("quiet", 1)], quiet.Gaps);
    }

    [Fact]
    public async Task A_node_that_returns_after_its_numbers_were_forgotten_is_a_gap_where_it_published()
    {
        var (busy, quiet) = (await JoinAsync("busy"), await JoinAsync("quiet"));
        await CutUntilLostAsync();
        Advance((int)(_options.NodeMemory / s_beat));
        await UntilAsync(() => !busy.Gaps.IsEmpty && !quiet.Gaps.IsEmpty);
        Publish("busy", 5);
        await HealAsync();

        await BeatUntilAsync(() => busy.Gaps.Count == 2);
        Assert.Equal(new ChannelGap("busy", ChannelGapCause.Lost) { Node = _publishing.Node }, busy.Gaps.Last());
        Assert.Single(quiet.Gaps);
    }

    // The node that starts had never heard of the other: what it published and took with it was missing without a gap.
    [Theory, InlineData(false), InlineData(true)]
    public async Task A_node_that_starts_while_another_is_cut_off_for_good_reports_that_on_every_channel(bool isLostAlready)
    {
        if (isLostAlready) await CutUntilLostAsync();
        _far.IsCut = true;
        await using var starting = new PeerHost(_time, backplane: _backplane.Connect(), backplaneOptions: _options);
        await starting.StartAsync();
        await UntilAsync(() => starting.OtherNodes.Count == 1);
        var late = RecordingSubscriber.Join(starting, "late");
        await starting.WhenSubscribed().WaitAsync(Patience.Limit);
        await starting.CountAsync("settle").WaitAsync(Patience.Limit);
        Publish("late", 5);
        await BeatAsync(starting, (int)(_options.NodeMemory / s_beat) - 20);
        Assert.Empty(late.Gaps);
        await BeatAsync(starting, 20 + (int)(_options.NodeTimeout / s_beat));
        await UntilAsync(() => !late.Gaps.IsEmpty);
        Assert.Equal([new ChannelGap("late", ChannelGapCause.NodeLost) { Node = _publishing.Node }], late.Gaps);
    }

    [Fact]
    public async Task A_node_that_starts_while_another_is_cut_off_reports_what_that_published_when_it_returns()
    {
        _far.IsCut = true;
        await using var starting = new PeerHost(_time, backplane: _backplane.Connect(), backplaneOptions: _options);
        await starting.StartAsync();
        await UntilAsync(() => starting.OtherNodes.Count == 1);
        var late = RecordingSubscriber.Join(starting, "late");
        var quiet = RecordingSubscriber.Join(starting, "quiet");
        await starting.WhenSubscribed().WaitAsync(Patience.Limit);
        await BeatAsync(starting, 3);
        Publish("late", 5);
        await SettleOutgoingAsync();
        _far.IsCut = false;
        await BeatAsync(starting, 10);
        await UntilAsync(() => !late.Gaps.IsEmpty);

        Assert.Equal([new ChannelGap("late", ChannelGapCause.Lost) { Node = _publishing.Node }], late.Gaps);
        Assert.Empty(quiet.Gaps);
    }

    [Fact]
    public async Task A_node_that_starts_among_nodes_that_are_present_has_no_gap()
    {
        await using var starting = new PeerHost(_time, backplane: _backplane.Connect(), backplaneOptions: _options);
        await starting.StartAsync();
        await UntilAsync(() => starting.OtherNodes.Count == 2);
        var late = RecordingSubscriber.Join(starting, "late");
        await starting.WhenSubscribed().WaitAsync(Patience.Limit);
        await starting.CountAsync("settle").WaitAsync(Patience.Limit);
        Publish("late", 3);
        await BeatAsync(starting, (int)(_options.NodeMemory / s_beat) + 20);

        Assert.Equal(3, late.Count);
        Assert.Empty(late.Gaps);
    }

    [Fact]
    public async Task A_node_that_starts_in_place_of_a_lost_one_has_numbers_of_its_own()
    {
        var busy = await JoinAsync("busy");
        Publish("busy", 3);
        await UntilAsync(() => busy.Count == 3);
        await CutUntilLostAsync();
        await UntilAsync(() => busy.Gaps.Count == 1);

        await using var successor = new PeerHost(_time, backplane: _backplane.Connect(), backplaneOptions: _options);
        await successor.StartAsync();
        await UntilAsync(() => _subscribing.OtherNodes.Count == 1);
        for (var i = 0; i < 2; i++) successor.Publish("busy", "text");

        await UntilAsync(() => busy.Count == 5);
        Assert.Equal([NodeLost("busy", 4)], busy.Gaps);
    }

    // The heartbeat judged before what was queued had been read: the node counted as lost, and what had been delivered was
    // reported as missing.
    [Fact]
    public async Task After_a_pause_of_its_own_a_node_reads_what_is_queued_before_it_counts_others_as_lost()
    {
        var room = await JoinAsync("room");
        Publish("room", 3);
        await BeatAsync(2);
        await UntilAsync(() => room.Count == 3);

        _near.Hold();
        Publish("room", 3);
        Advance(2);
        await UntilAsync(() => _near.Held >= 4);
        _clock.Pause(TimeSpan.FromSeconds(30));
        Advance(2);
        Assert.Equal([_publishing.Node], _subscribing.OtherNodes);
        _near.Release();
        await BeatAsync(10);

        await UntilAsync(() => room.Count == 6);
        Publish("room", 1);
        await UntilAsync(() => room.Count == 7);
        Assert.Empty(room.Gaps);
    }

    // A goodbye names no numbers: what was lost just before it was never reported.
    [Fact]
    public async Task What_a_node_loses_just_before_its_goodbye_is_reported()
    {
        var room = await JoinAsync("room");
        Publish("room", 1);
        await UntilAsync(() => room.Count == 1);
        _far.IsCut = true;
        Publish("room", 2);
        await SettleOutgoingAsync();
        _far.IsCut = false;

        await _publishing.StopAsync();

        // The clock stands until the goodbye has been handled, which another thread does.
        await UntilAsync(() => _subscribing.OtherNodes.Count == 0);
        await BeatUntilAsync(() => !room.Gaps.IsEmpty, settles: false);
        Assert.Equal([Lost("room", 2, 3)], room.Gaps);
    }

    private async Task<RecordingSubscriber> JoinAsync(string channel)
    {
        var subscriber = RecordingSubscriber.Join(_subscribing, channel);
        await _subscribing.WhenSubscribed().WaitAsync(Patience.Limit);
        if (!_far.IsCut) await SettleAsync();
        return subscriber;
    }

    private void Publish(string channel, int count)
    {
        for (; count > 0; count--) _publishing.Publish(channel, "text");
    }

    private async Task CutUntilLostAsync()
    {
        _far.IsCut = true;
        Advance((int)(_options.NodeTimeout / s_beat) + 4);
        await UntilAsync(() => _subscribing.OtherNodes.Count == 0 && _publishing.OtherNodes.Count == 0);
    }

    private async Task HealAsync()
    {
        await SettleOutgoingAsync();
        _far.IsCut = false;
        await MeetAsync();
    }

    private async Task MeetAsync()
    {
        Advance(3);
        await UntilAsync(() => _subscribing.OtherNodes.Count == 1 && _publishing.OtherNodes.Count == 1);
        await SettleAsync();
    }

    // A publish is handed to the connection by another thread: it is lost where the connection is cut by then.
    private async Task SettleOutgoingAsync() => await UntilAsync(() => _publishing.Channels.Relay!.OutgoingBytes == 0);

    // With the clock standing, each asks the other: what was sent before has been handled then.
    private async Task SettleAsync()
    {
        await _subscribing.CountAsync("settle").WaitAsync(Patience.Limit);
        await _publishing.CountAsync("settle").WaitAsync(Patience.Limit);
    }

    private void Advance(int beats)
    {
        for (; beats > 0; beats--) _time.Advance(s_beat);
    }

    private async Task BeatAsync(int beats)
    {
        for (; beats > 0; beats--)
        {
            Advance(1);
            await SettleAsync();
        }
    }

    private async Task BeatAsync(PeerHost host, int beats)
    {
        for (; beats > 0; beats--)
        {
            Advance(1);
            await host.CountAsync("settle").WaitAsync(Patience.Limit);
        }
    }

    private async Task BeatUntilAsync(Func<bool> condition, bool settles = true)
    {
        for (var end = Environment.TickCount64 + Patience.Limit.TotalMilliseconds; !condition(); await Task.Yield())
        {
            Assert.True(Environment.TickCount64 < end, "What was expected did not happen.");
            Advance(1);
            if (settles) await SettleAsync();
        }
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var end = Environment.TickCount64 + Patience.Limit.TotalMilliseconds; !condition(); await Task.Yield())
        {
            Assert.True(Environment.TickCount64 < end, "What was expected did not happen.");
        }
    }

    private ChannelGap Lost(string channel, long first, long last) =>
        new(channel, ChannelGapCause.Lost) { Node = _publishing.Node, First = first, Last = last };

    private ChannelGap NodeLost(string channel, long first) =>
        new(channel, ChannelGapCause.NodeLost) { Node = _publishing.Node, First = first };
}
