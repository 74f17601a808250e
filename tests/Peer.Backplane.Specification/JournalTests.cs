using Peers.Partitions;

namespace Peers.Tests;

/// <summary>The partition checker finds each kind of breach and accepts what the contract allows.</summary>
public sealed class JournalTests
{
    private const uint Near = 1;
    private const uint Far = 2;
    private const string Room = "room";
    private const string Later = "later";

    private readonly Journal _journal = new();
    private readonly Subscriber _subscriber;

    public JournalTests()
    {
        _subscriber = _journal.Connected("subscriber", Near, [Room, Later]);
        _journal.SubscriptionChanged(Near, Room, stands: true, at: Second(0.5));
        _journal.Joined(_subscriber, Room, Second(1));
    }

    [Fact]
    public void Messages_that_are_all_received_in_order_are_no_breach()
    {
        Publish(Far, 1, 3, at: 2);
        Receive(1, 2, 3);

        var report = _journal.Audit(0);
        Assert.Empty(report.Breaches);
        Assert.Equal(3, report.Delivered);
    }

    // It was reported as a message that was not published to the subscriber.
    [Fact]
    public void A_message_that_overtakes_the_confirmation_of_the_join_is_no_breach()
    {
        _journal.Requested(Far, Later, 1);
        _journal.Received(_subscriber, Far, Later, 1, Second(2));
        _journal.Joined(_subscriber, Later, Second(2));
        _journal.Accepted(Far, Later, 1, 1, Second(2));

        Assert.Empty(_journal.Audit(0).Breaches);
    }

    [Fact]
    public void A_message_that_is_neither_received_nor_in_a_gap_is_untold()
    {
        Publish(Far, 1, 3, at: 2);
        Receive(1, 3);

        Assert.Equal((BreachKind.Untold, 1), Breach());
    }

    [Fact]
    public void A_channel_of_which_nothing_at_all_is_received_is_untold()
    {
        Publish(Far, 1, 3, at: 2);

        Assert.Equal((BreachKind.Untold, 3), Breach());
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData(Far, null, null)]
    [InlineData(Far, 2L, null)]
    [InlineData(Far, 2L, 3L)]
    public void A_message_in_a_gap_is_told(uint? node, long? first, long? last)
    {
        Publish(Far, 1, 4, at: 2);
        Receive(1, 4);
        Tell(node, first, last, at: 3);

        var report = _journal.Audit(0);
        Assert.Empty(report.Breaches);
        Assert.Equal(2, report.InGaps);
    }

    [Theory]
    [InlineData(Near, null, null)]
    [InlineData(Far, 3L, null)]
    [InlineData(Far, 3L, 3L)]
    public void A_gap_of_other_numbers_or_another_node_accounts_for_nothing(uint node, long? first, long? last)
    {
        Publish(Far, 1, 3, at: 2);
        Publish(Near, 1, 3, at: 2);
        Receive(1);
        foreach (var number in new long[] { 1, 2, 3 }) _journal.Received(_subscriber, Near, Room, number, Second(2));
        Tell(node, first, last, at: 3);

        Assert.Contains(_journal.Audit(0).Breaches, breach => breach.Kind == BreachKind.Untold);
    }

    [Fact]
    public void A_gap_of_unknown_extent_accounts_for_nothing_that_was_published_after_it()
    {
        Publish(Far, 1, 3, at: 4);
        Tell(Far, 1, null, at: 3);

        Assert.Equal((BreachKind.Untold, 3), Breach());
    }

    [Fact]
    public void A_gap_accounts_for_nothing_that_the_own_node_published()
    {
        Publish(Near, 1, 1, at: 2);
        Tell(null, null, null, at: 3);

        Assert.Equal((BreachKind.Untold, 1), Breach());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_exact_gap_that_names_a_received_message_is_false(bool isToldFirst)
    {
        Publish(Far, 1, 3, at: 2);
        if (isToldFirst) Tell(Far, 2, 3, at: 2);
        Receive(1, 3);
        if (!isToldFirst) Tell(Far, 2, 3, at: 2);

        Assert.Equal((BreachKind.FalseExact, 1), Breach());
    }

    [Fact]
    public void An_exact_gap_that_names_what_was_never_published_is_false()
    {
        Publish(Far, 1, 3, at: 2);
        Receive(1, 2, 3);
        Tell(Far, 4, 5, at: 3);

        Assert.Equal((BreachKind.FalseExact, 2), Breach());
    }

    [Fact]
    public void A_gap_of_unknown_extent_may_be_about_nothing()
    {
        Publish(Far, 1, 3, at: 2);
        Receive(1, 2, 3);
        Tell(Far, 2, null, at: 3);

        Assert.Empty(_journal.Audit(0).Breaches);
    }

    [Fact]
    public void A_message_that_is_received_again_is_a_duplicate()
    {
        Publish(Far, 1, 2, at: 2);
        Receive(1, 2, 1);

        Assert.Equal((BreachKind.Duplicate, 1), Breach());
    }

    [Fact]
    public void A_message_after_a_later_one_is_disordered()
    {
        Publish(Far, 1, 3, at: 2);
        Receive(1, 3, 2);

        Assert.Equal((BreachKind.Disordered, 1), Breach());
    }

    [Fact]
    public void A_message_of_a_channel_that_was_not_asked_for_is_foreign()
    {
        _journal.Requested(Far, "elsewhere", 1);
        _journal.Received(_subscriber, Far, "elsewhere", 1, Second(2));

        Assert.Equal((BreachKind.Foreign, 1), Breach());
    }

    [Fact]
    public void A_message_that_was_never_published_is_foreign()
    {
        Publish(Far, 1, 1, at: 2);
        Receive(1, 2);

        Assert.Equal((BreachKind.Foreign, 1), Breach());
    }

    [Fact]
    public void What_was_published_before_the_join_is_not_due()
    {
        Publish(Far, 1, 3, at: 0.9);

        Assert.Empty(_journal.Audit(0).Breaches);
    }

    [Fact]
    public void What_was_published_before_the_broker_had_the_subscription_is_not_due()
    {
        _journal.Joined(_subscriber, "other", Second(1));
        _journal.SubscriptionChanged(Near, "other", stands: true, at: Second(3));
        _journal.Requested(Far, "other", 2);
        _journal.Accepted(Far, "other", 1, 1, Second(2));
        _journal.Accepted(Far, "other", 2, 2, Second(4));

        var breach = Assert.Single(_journal.Audit(0).Breaches);
        Assert.Equal((BreachKind.Untold, 1), (breach.Kind, breach.Count));
    }

    [Fact]
    public void A_subscription_that_is_given_up_under_a_subscriber_makes_nothing_less_due()
    {
        _journal.SubscriptionChanged(Near, Room, stands: false, at: Second(5));
        Publish(Far, 1, 3, at: 6);

        Assert.Equal((BreachKind.Untold, 3), Breach());
    }

    [Fact]
    public void A_subscriber_that_left_is_owed_what_precedes_what_it_received_well_before_its_end()
    {
        Publish(Far, 1, 3, at: 2);
        Receive(1, 3);
        _journal.Left(_subscriber, Second(9));

        Assert.Equal((BreachKind.Untold, 1), Breach());
    }

    [Fact]
    public void A_subscriber_that_left_is_not_owed_what_was_still_under_way()
    {
        Publish(Far, 1, 3, at: 2);
        Receive(1);
        _journal.Left(_subscriber, Second(3));

        Assert.Empty(_journal.Audit(0).Breaches);
    }

    [Fact]
    public void A_connection_that_ends_by_itself_is_a_breach()
    {
        _journal.Closed(_subscriber, "1013", Second(3));

        Assert.Equal((BreachKind.Closed, 1), Breach());
    }

    [Fact]
    public void Nothing_is_settled_before_a_message_from_after_the_faults_was_received()
    {
        Publish(Far, 1, 1, at: 2);
        Publish(Far, 2, 2, at: 5);
        Receive(1);
        Assert.Single(_journal.Unsettled([Far], Second(4)));

        Receive(2);
        Assert.Empty(_journal.Unsettled([Far], Second(4)));
    }

    private void Publish(uint node, long first, long last, double at)
    {
        _journal.Requested(node, Room, (int)(last - first + 1));
        _journal.Accepted(node, Room, first, last, Second(at));
    }

    private void Receive(params long[] numbers)
    {
        foreach (var number in numbers) _journal.Received(_subscriber, Far, Room, number, Second(2.5));
    }

    private void Tell(uint? node, long? first, long? last, double at) => _journal.Told(_subscriber, new(Second(at), Room, "Lost", node, first, last));

    private (BreachKind Kind, int Count) Breach()
    {
        var breach = Assert.Single(_journal.Audit(0).Breaches);
        return (breach.Kind, breach.Count);
    }

    private static long Second(double seconds) => Clock.Ticks(TimeSpan.FromSeconds(seconds));
}
