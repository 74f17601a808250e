namespace Peers.Tests.Channels;

/// <summary>Gaps, and how they become fewer while they wait.</summary>
public sealed class GapTests
{
    [Fact]
    public void Gaps_that_touch_become_one()
    {
        Assert.True(Lost(2, 3).TryJoin(Lost(4, 6), out var joined));
        Assert.Equal(Lost(2, 6), joined);
        Assert.False(Lost(2, 3).TryJoin(Lost(5, 6), out _));
        Assert.False(Lost(2, 3).TryJoin(Lost(4, 6) with { Node = 2 }, out _));
    }

    [Fact]
    public void An_exact_gap_is_not_swallowed_by_one_of_unknown_extent()
    {
        Assert.False(Lost(2, 3).TryJoin(new("room", ChannelGapCause.NodeLost) { Node = 1, First = 4 }, out _));
    }

    [Fact]
    public void What_waits_for_a_hook_is_one_gap_for_each_channel_and_node()
    {
        var gaps = new GapSet();
        Assert.True(gaps.Add(Lost(2, 3)));
        Assert.False(gaps.Add(Lost(7, 9)));
        Assert.True(gaps.Add(new("room", ChannelGapCause.Interrupted)));

        Assert.Equal(Lost(2, 9), gaps.Take());
        Assert.Equal(new("room", ChannelGapCause.Interrupted), gaps.Take());
    }

    [Fact]
    public void A_gap_says_what_is_known()
    {
        Assert.Equal("'room': 2 to 3 of node 00000001 (Lost)", Lost(2, 3).ToString());
        Assert.Equal("'room': unknown, of any node (Interrupted)", new ChannelGap("room", ChannelGapCause.Interrupted).ToString());
    }

    private static ChannelGap Lost(long first, long last) => new("room", ChannelGapCause.Lost) { Node = 1, First = first, Last = last };
}
