using System.Buffers;
using Peers.Channels;

namespace Peers.Tests.Channels;

/// <summary>What is made of the numbers of other nodes: holes, repetitions, parts.</summary>
public sealed class ReceptionTests
{
    private const RelayFlags Whole = RelayFlags.First | RelayFlags.Last;

    private readonly Reception _reception = new("room", maxPartialBytes: 1000);

    [Fact]
    public void What_comes_first_of_an_unknown_node_is_taken_whatever_its_number()
    {
        Assert.True(Take(1, 57, out var gap));
        Assert.Null(gap);
    }

    [Fact]
    public void A_hole_is_a_gap_of_what_is_missing()
    {
        Take(1, 1, out _);

        Assert.True(Take(1, 5, out var gap));
        Assert.Equal(Lost(1, 2, 4), gap);
    }

    [Theory]
    [InlineData(3), InlineData(2), InlineData(1)]
    public void What_is_not_newer_is_not_taken(long number)
    {
        Take(1, 1, out _);
        Take(1, 3, out _);

        Assert.False(Take(1, number, out var gap));
        Assert.Null(gap);
    }

    [Fact]
    public void Each_node_has_numbers_of_its_own()
    {
        Take(1, 10, out _);

        Assert.True(Take(2, 5, out var gap));
        Assert.Null(gap);
        Assert.True(Take(1, 11, out gap));
        Assert.Null(gap);
    }

    [Fact]
    public void A_node_that_numbers_anew_has_left_nothing_out()
    {
        Take(1, 10, out _);

        Assert.True(Take(1, 500, out var gap, Whole | RelayFlags.Fresh));
        Assert.Null(gap);
    }

    [Fact]
    public void After_a_claim_what_comes_late_is_still_taken_and_what_is_missing_is_a_gap()
    {
        _reception.Claim(1, new("room", 10), now: 0);

        Assert.True(Take(1, 10, out var gap));
        Assert.Null(gap);
        Assert.True(Take(1, 12, out gap));
        Assert.Equal(Lost(1, 11, 11), gap);
    }

    [Fact]
    public void Of_a_node_that_begins_the_first_is_missed()
    {
        _reception.Greet(1);

        Assert.True(Take(1, 2, out var gap));
        Assert.Equal(Lost(1, 1, 1), gap);
    }

    [Fact]
    public void What_is_claimed_and_does_not_come_is_a_gap_after_a_while()
    {
        Take(1, 1, out _);
        _reception.Claim(1, new("room", 3), now: 100);

        Assert.Empty(Check(claimedBefore: 99));
        Assert.True(_reception.IsBehind);
        Assert.Equal([Lost(1, 2, 3)], Check(claimedBefore: 100));
        Assert.False(_reception.IsBehind);
        Assert.False(Take(1, 3, out _));
        Assert.True(Take(1, 4, out var gap));
        Assert.Null(gap);
    }

    [Fact]
    public void What_is_claimed_and_comes_in_time_is_no_gap()
    {
        Take(1, 1, out _);
        _reception.Claim(1, new("room", 2), now: 100);
        Take(1, 2, out _);

        Assert.Empty(Check(claimedBefore: 200));
    }

    [Fact]
    public void A_node_that_is_gone_leaves_a_gap_without_an_end()
    {
        Take(1, 4, out _);

        Assert.Equal(new ChannelGap("room", ChannelGapCause.NodeLost) { Node = 1, First = 5 }, _reception.Forget(1));
        Assert.Null(_reception.Forget(1));
    }

    [Fact]
    public void A_node_that_published_nothing_leaves_none()
    {
        _reception.Greet(1);

        Assert.Null(_reception.Forget(1));
    }

    [Fact]
    public void Parts_are_put_together()
    {
        Assert.False(Take(1, 1, out _, RelayFlags.First, "ab"));
        Assert.False(Take(1, 2, out _, RelayFlags.None, "cd"));

        Assert.Equal("abcdef", TakeText(1, 3, RelayFlags.Last, "ef", out var gap));
        Assert.Null(gap);
        Assert.Equal("g", TakeText(1, 4, Whole, "g", out _));
    }

    [Fact]
    public void Where_a_part_is_missing_the_whole_message_is()
    {
        Take(1, 1, out _, RelayFlags.First, "ab");

        Assert.False(Take(1, 3, out var gap, RelayFlags.Last, "ef"));
        Assert.Equal(Lost(1, 1, 3), gap);
    }

    [Fact]
    public void Where_the_end_is_missing_the_next_message_is_whole()
    {
        Take(1, 1, out _, RelayFlags.First, "ab");

        Assert.Equal("next", TakeText(1, 3, Whole, "next", out var gap));
        Assert.Equal(Lost(1, 1, 2), gap);
    }

    [Fact]
    public void A_message_whose_beginning_was_before_the_subscription_is_skipped_without_a_gap()
    {
        Assert.False(Take(1, 8, out var gap, RelayFlags.None, "cd"));
        Assert.Null(gap);
        Assert.False(Take(1, 9, out gap, RelayFlags.Last, "ef"));
        Assert.Null(gap);
        Assert.Equal("next", TakeText(1, 10, Whole, "next", out gap));
        Assert.Null(gap);
    }

    [Fact]
    public void A_message_that_is_too_long_in_all_is_a_gap()
    {
        var half = new string('x', 600);
        Take(1, 1, out _, RelayFlags.First, half);

        Assert.False(Take(1, 2, out var gap, RelayFlags.Last, half));
        Assert.Equal(Lost(1, 1, 2), gap);
    }

    private static ChannelGap Lost(uint node, long first, long last) => new("room", ChannelGapCause.Lost) { Node = node, First = first, Last = last };

    private bool Take(uint node, long number, out ChannelGap? gap, RelayFlags flags = Whole, string text = "x") => TakeText(node, number, flags, text, out gap) is not null;

    private string? TakeText(uint node, long number, RelayFlags flags, string text, out ChannelGap? gap)
    {
        var payload = new ReadOnlySequence<byte>(System.Text.Encoding.ASCII.GetBytes(text));
        if (!_reception.TryTake(new(flags, node, number), ref payload, out _, out gap)) return null;
        var whole = System.Text.Encoding.ASCII.GetString(payload.ToArray());
        _reception.Done();
        return whole;
    }

    private List<ChannelGap> Check(long claimedBefore)
    {
        var gaps = new List<ChannelGap>();
        _reception.Check(claimedBefore, gaps);
        return gaps;
    }
}
