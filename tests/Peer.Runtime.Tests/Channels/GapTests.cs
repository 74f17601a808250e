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

    // The two became "2 to 9", which names 4, 5 and 6 that the peer had received.
    [Fact]
    public void Exact_gaps_with_arrived_messages_between_them_stay_apart()
    {
        var gaps = new GapSet();
        Assert.True(gaps.Add(Lost(2, 3)));
        Assert.True(gaps.Add(Lost(7, 9)));
        Assert.True(gaps.Add(new("room", ChannelGapCause.Interrupted)));
        Assert.False(gaps.Add(Lost(10, 11)));

        Assert.Equal(Lost(2, 3), gaps.Take());
        Assert.Equal(Lost(7, 11), gaps.Take());
        Assert.Equal(new("room", ChannelGapCause.Interrupted), gaps.Take());
    }

    [Fact]
    public void Beyond_some_ranges_the_newest_gap_of_a_node_has_no_known_end()
    {
        var gaps = new GapSet();
        for (var i = 0; i < GapSet.MaxRanges; i++) Assert.True(gaps.Add(Lost(10 * i, 10 * i)));
        Assert.False(gaps.Add(Lost(500, 501)));
        Assert.False(gaps.Add(Lost(900, 901)));

        for (var i = 0; i < GapSet.MaxRanges - 1; i++) Assert.Equal(Lost(10 * i, 10 * i), gaps.Take());
        Assert.Equal(Lost(10 * (GapSet.MaxRanges - 1), 0) with { Last = null }, gaps.Take());
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5)]
    public void However_gaps_are_merged_an_exact_one_names_only_lost_numbers_and_every_lost_number_is_named(int seed)
    {
        var random = new Random(seed);
        var gaps = new GapSet();
        var waiting = 0;
        var (lost, reported) = (new HashSet<long>(), new HashSet<long>());
        for (long number = 1; number < 400; number += 1 + random.Next(4))
        {
            var last = number + random.Next(3);
            for (var one = number; one <= last; one++) lost.Add(one);
            if (gaps.Add(Lost(number, last))) waiting++;
            if (random.Next(3) == 0 && waiting > 0) Read(gaps.Take());
            number = last;
        }

        while (waiting > 0) Read(gaps.Take());
        Assert.Equal(lost.Order(), reported.Order());

        void Read(ChannelGap gap)
        {
            waiting--;
            foreach (var number in lost.Where(number => number >= gap.First && number <= (gap.Last ?? long.MaxValue))) reported.Add(number);
            if (gap.IsExact) Assert.Equal(gap.Last - gap.First + 1, lost.Count(number => number >= gap.First && number <= gap.Last));
        }
    }

    [Fact]
    public void Two_gaps_of_unknown_extent_begin_where_the_first_of_them_does()
    {
        Assert.True(Open(7).TryJoin(Open(5), out var joined));
        Assert.Equal(Open(5), joined);
        Assert.True(Open(5).TryJoin(Open(null), out joined));
        Assert.Equal(Open(null), joined);
    }

    [Fact]
    public void A_gap_says_what_is_known()
    {
        Assert.Equal("'room': 2 to 3 of node 00000001 (Lost)", Lost(2, 3).ToString());
        Assert.Equal("'room': unknown, of any node (Interrupted)", new ChannelGap("room", ChannelGapCause.Interrupted).ToString());
    }

    private static ChannelGap Open(long? first) => new("room", ChannelGapCause.NodeLost) { Node = 1, First = first };

    private static ChannelGap Lost(long first, long last) => new("room", ChannelGapCause.Lost) { Node = 1, First = first, Last = last };
}
