using System.Buffers;
using Microsoft.Extensions.Time.Testing;
using Peers.Channels;

namespace Peers.Tests.Channels;

/// <summary>The numbers of other nodes: holes, repetitions, parts, questions, and nodes that are lost and return.</summary>
public sealed class SequenceTrackerTests
{
    private const RelayFlags Whole = RelayFlags.First | RelayFlags.Last;

    private readonly FakeTimeProvider _time = new();
    private readonly SequenceTracker _tracker;

    public SequenceTrackerTests()
    {
        _tracker = new("room", maxPartialBytes: 1000, new PartialBudget(10_000), new BackplaneOptions(), _time);
        _tracker.Begin(lastQuestion: 0);
    }

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
    public void After_an_answer_a_late_message_is_still_taken_and_a_missing_one_is_a_gap()
    {
        Ask(1);
        Assert.Null(Answer(1, 1, 10));

        Assert.True(Take(1, 10, out var gap));
        Assert.Null(gap);
        Assert.True(Take(1, 12, out gap));
        Assert.Equal(Lost(1, 11, 11), gap);
    }

    [Fact]
    public void The_first_message_of_a_node_that_begins_is_missed()
    {
        _tracker.RegisterNode(1);

        Assert.True(Take(1, 2, out var gap));
        Assert.Equal(Lost(1, 1, 1), gap);
    }

    [Fact]
    public void What_is_claimed_and_does_not_come_is_a_gap_after_a_while()
    {
        Take(1, 1, out _);
        _tracker.AdvertiseSequence(1, new("room", 3), now: 100);

        Assert.Empty(Check(claimedBefore: 99));
        Assert.True(_tracker.IsUnsettled);
        Assert.Equal([Lost(1, 2, 3)], Check(claimedBefore: 100));
        Assert.False(_tracker.IsUnsettled);
        Assert.False(Take(1, 3, out _));
        Assert.True(Take(1, 4, out var gap));
        Assert.Null(gap);
    }

    [Fact]
    public void What_is_claimed_and_comes_in_time_is_no_gap()
    {
        Take(1, 1, out _);
        _tracker.AdvertiseSequence(1, new("room", 2), now: 100);
        Take(1, 2, out _);

        Assert.Empty(Check(claimedBefore: 200));
    }

    [Fact]
    public void A_lost_node_leaves_a_gap_without_an_end()
    {
        Take(1, 4, out _);

        Assert.Equal(new ChannelGap("room", ChannelGapCause.NodeLost) { Node = 1, First = 5 }, Settled().LoseNode(1, since: 0));
    }

    [Fact]
    public void A_lost_node_that_published_nothing_leaves_none()
    {
        _tracker.RegisterNode(1);

        Assert.Null(_tracker.LoseNode(1, since: 0));
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

    // The numbers were forgotten with the node, and its next number became the new beginning.
    [Theory, InlineData(0), InlineData(4)]
    public void What_a_lost_node_published_before_it_returns_is_reported_by_number(long last)
    {
        _tracker.RegisterNode(1);
        for (var number = 1L; number <= last; number++) Take(1, number, out _);
        _tracker.LoseNode(1, Now);
        _time.Advance(TimeSpan.FromMinutes(50));

        Ask(1, id: 7, isPrompt: false);
        Assert.Null(Answer(1, 7, 9));
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal([Lost(1, last + 1, 9)], Check(Now));
        Assert.False(Take(1, 9, out _));
        Assert.True(Take(1, 10, out var gap));
        Assert.Null(gap);
    }

    [Fact]
    public void The_first_message_of_a_node_that_returns_reports_what_preceded_it()
    {
        Take(1, 4, out _);
        Settled().LoseNode(1, Now);

        Assert.True(Take(1, 10, out var gap));
        Assert.Equal(Lost(1, 5, 9), gap);
    }

    // A heartbeat from before a pause was handled after the node had been forgotten: its number became the beginning again, and
    // what had been delivered was reported as lost.
    [Fact]
    public void A_stale_number_does_not_set_back_what_is_known()
    {
        for (var number = 1L; number <= 9; number++) Take(1, number, out _);
        Settled().LoseNode(1, Now);
        _tracker.AdvertiseSequence(1, new("room", 3), Now);
        Ask(1, id: 2);
        Assert.Null(Answer(1, 2, 5));
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Empty(Check(Now));
        Assert.False(Take(1, 6, out _));
        Assert.True(Take(1, 10, out var gap));
        Assert.Null(gap);
    }

    // The next heartbeat or message became the beginning, and everything before it was lost without a gap.
    [Fact]
    public void While_a_question_is_open_an_advertised_number_is_no_beginning()
    {
        Ask(1);
        _time.Advance(TimeSpan.FromSeconds(3));
        _tracker.AdvertiseSequence(1, new("room", 5), Now);
        Assert.True(_tracker.AskAgain(1, Question(2, isPrompt: false)));

        Assert.Equal(Unknown(1, null), Answer(1, 2, 5));
    }

    [Fact]
    public void While_a_question_is_open_a_first_message_is_no_beginning()
    {
        Ask(1);
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.True(Take(1, 6, out var gap));
        Assert.Null(gap);
        _tracker.AskAgain(1, Question(2, isPrompt: false));

        Assert.Equal(Unknown(1, null), Answer(1, 2, 6));
        Assert.Null(Answer(1, 2, 6));
    }

    [Fact]
    public void A_late_answer_is_no_gap_where_the_very_first_message_arrived()
    {
        Ask(1);
        _time.Advance(TimeSpan.FromSeconds(3));
        Take(1, 1, out _);

        Assert.Null(Answer(1, 1, 1));
    }

    [Theory]
    [InlineData(0, 0, false)]
    [InlineData(5, 10_000, false)]
    [InlineData(5, 1_000, true)]
    public void A_late_answer_is_a_gap_only_where_the_node_published_since_the_subscription(long number, int idle, bool isGap)
    {
        Ask(1);
        _time.Advance(TimeSpan.FromSeconds(3));

        Assert.Equal(isGap ? Unknown(1, null) : null, Answer(1, 1, number, idle: idle));
    }

    [Theory, InlineData(50, true), InlineData(5_000, false)]
    public void A_prompt_answer_is_a_gap_where_the_node_had_trouble_since_the_subscription(int trouble, bool isGap)
    {
        Ask(1);
        _time.Advance(TimeSpan.FromMilliseconds(100));

        Assert.Equal(isGap ? Unknown(1, null) : null, Answer(1, 1, 5, trouble: trouble));
    }

    [Fact]
    public void A_node_that_was_lost_when_the_subscription_began_is_asked_when_it_returns_and_its_answer_is_never_prompt()
    {
        _tracker.AskLater(1, Now);
        _time.Advance(TimeSpan.FromMilliseconds(300));
        Ask(1, id: 3);

        Assert.Equal(Unknown(1, null), Answer(1, 3, 5));
    }

    [Fact]
    public void An_answer_to_a_question_from_before_the_subscription_is_ignored()
    {
        _tracker.Clear();
        _tracker.Begin(lastQuestion: 5);
        Ask(1, id: 6);

        Assert.Null(Answer(1, 5, 3));
        Assert.Null(Answer(1, 6, 7));
        Assert.True(Take(1, 9, out var gap));
        Assert.Equal(Lost(1, 8, 8), gap);
    }

    // The old answer became the beginning, and the next heartbeat reported as lost what had been delivered before the numbers
    // were forgotten.
    [Fact]
    public void An_answer_from_before_the_numbers_of_a_node_were_forgotten_is_ignored()
    {
        Ask(1);
        for (var number = 1L; number <= 9; number++) Take(1, number, out _);
        _tracker.LoseNode(1, Now);
        _tracker.Forget(1);
        _time.Advance(TimeSpan.FromSeconds(1));
        Ask(1, id: 2, isPrompt: false);

        Assert.Null(Answer(1, 1, 5));
        _tracker.AdvertiseSequence(1, new("room", 9), Now);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(Check(Now));
        Assert.Equal(Unknown(1, null), Answer(1, 2, 9));
    }

    [Fact]
    public void A_node_that_leaves_without_an_answer_leaves_a_gap()
    {
        Ask(1);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(Unknown(1, null), _tracker.Leave(1, Now));
        Assert.Null(_tracker.Leave(1, Now));
    }

    [Fact]
    public void A_lost_node_that_is_forgotten_leaves_a_gap_wherever_it_could_have_published()
    {
        _tracker.RegisterNode(1);
        Take(2, 3, out _);
        Settled(2).LoseNode(2, Now);
        _tracker.LoseNode(1, Now);

        Assert.Equal(new ChannelGap("room", ChannelGapCause.NodeLost) { Node = 1, First = 1 }, _tracker.Forget(1));
        Assert.Equal(new ChannelGap("room", ChannelGapCause.NodeLost) { Node = 2, First = 4 }, _tracker.Forget(2));
        Assert.Null(_tracker.Forget(2));
    }

    // A node that was idle for minutes numbers a channel anew, which is no loss, unless contact was lost for as long.
    [Theory, InlineData(1, false), InlineData(10, true)]
    public void A_node_that_returns_and_numbers_anew_is_a_gap_where_it_was_away_for_long(int minutes, bool isGap)
    {
        Take(1, 4, out _);
        Settled().LoseNode(1, Now);
        _time.Advance(TimeSpan.FromMinutes(minutes));

        Assert.True(Take(1, 500, out var gap, Whole | RelayFlags.Fresh));
        Assert.Equal(isGap ? Unknown(1, 5) : null, gap);
    }

    [Theory, InlineData(20, false), InlineData(6, true)]
    public void An_answer_without_a_number_is_a_gap_where_the_node_published_while_it_was_away(int idleMinutes, bool isGap)
    {
        Take(1, 4, out _);
        Settled().LoseNode(1, Now);
        _time.Advance(TimeSpan.FromMinutes(10));
        Ask(1, id: 2);

        Assert.Equal(isGap ? Unknown(1, 5) : null, Answer(1, 2, 500, idle: idleMinutes * 60_000, isFresh: true));
    }

    [Fact]
    public void Parts_of_a_node_that_is_lost_are_given_up_with_their_numbers()
    {
        Take(1, 1, out _);
        Settled();
        Take(1, 2, out _, RelayFlags.First, "ab");

        Assert.Equal(new ChannelGap("room", ChannelGapCause.NodeLost) { Node = 1, First = 2 }, _tracker.LoseNode(1, Now));
        Assert.False(Take(1, 3, out _, RelayFlags.Last, "cd"));
        Assert.Equal("next", TakeText(1, 4, Whole, "next", out var gap));
        Assert.Null(gap);
    }

    // Whatever is lost, late, repeated or reordered between one node and this one: what was not delivered lies in a gap, and an
    // exact gap names nothing that was delivered.
    [Theory, MemberData(nameof(Seeds))]
    public void Every_number_is_delivered_once_or_reported_and_never_both(int seed)
    {
        var run = new TrackerRun(seed);
        run.Play();

        Assert.Empty(run.Faults);
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 200)];

    private long Now => _time.GetTimestamp();

    private static ChannelGap Unknown(uint node, long? first) => new("room", ChannelGapCause.Lost) { Node = node, First = first };

    private SequenceQuestion Question(long id, bool isPrompt = true) => new(id, id, Now, Now, isPrompt);

    private void Ask(uint node, long id = 1, bool isPrompt = true) => _tracker.Ask(node, Question(id, isPrompt));

    private ChannelGap? Answer(uint node, long id, long number, int idle = 0, int trouble = int.MaxValue, bool isFresh = false) =>
        _tracker.Answer(
            node,
            id,
            new("room", number, isFresh) { Idle = TimeSpan.FromMilliseconds(idle), Trouble = TimeSpan.FromMilliseconds(trouble) },
            Now);

    // What precedes the first message is known.
    private SequenceTracker Settled(uint node = 1)
    {
        Ask(node);
        Answer(node, 1, 0);
        return _tracker;
    }

    private static ChannelGap Lost(uint node, long first, long last) => new("room", ChannelGapCause.Lost) { Node = node, First = first, Last = last };

    private bool Take(uint node, long number, out ChannelGap? gap, RelayFlags flags = Whole, string text = "x") => TakeText(node, number, flags, text, out gap) is not null;

    private string? TakeText(uint node, long number, RelayFlags flags, string text, out ChannelGap? gap)
    {
        var payload = new ReadOnlySequence<byte>(System.Text.Encoding.ASCII.GetBytes(text));
        if (!_tracker.TryTake(new(flags, node, number), ref payload, out _, out gap)) return null;
        var whole = System.Text.Encoding.ASCII.GetString(payload.ToArray());
        _tracker.Done();
        return whole;
    }

    private List<ChannelGap> Check(long claimedBefore)
    {
        var gaps = new List<ChannelGap>();
        _tracker.FindOverdue(claimedBefore, gaps);
        return gaps;
    }
}
