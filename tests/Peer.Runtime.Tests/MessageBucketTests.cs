namespace Peers.Tests;

/// <summary>The bucket that a peer's messages are taken from. A second has ten million ticks here.</summary>
public sealed class MessageBucketTests
{
    private const long Second = 10_000_000;

    [Theory]
    [InlineData(3, null, 3)]
    [InlineData(3, 5, 5)]
    [InlineData(5, 1, 1)]
    public void It_begins_full(int limit, int? burst, int expected) => Assert.Equal(expected, TakeAll(Bucket(limit, burst)));

    [Theory]
    [InlineData(1), InlineData(3), InlineData(7), InlineData(10), InlineData(1_000), InlineData(999_983)]
    public void After_a_period_there_is_the_limit_again_and_not_one_more(int limit)
    {
        var bucket = Bucket(limit);
        TakeAll(bucket);
        bucket.Advance(Second);

        Assert.Equal(limit, TakeAll(bucket));
    }

    [Fact]
    public void It_fills_evenly_and_not_a_tick_too_early()
    {
        var bucket = Bucket(limit: 10);
        TakeAll(bucket);
        bucket.Advance((Second / 10) - 1);
        Assert.Equal(0, TakeAll(bucket));

        bucket.Advance(Second / 10);
        Assert.Equal(1, TakeAll(bucket));
    }

    [Theory]
    [InlineData(3), InlineData(10), InlineData(49)]
    public void Many_small_steps_are_one_large_step(int limit)
    {
        var bucket = Bucket(limit);
        var taken = -limit;
        for (var now = 0L; now <= 100 * Second; now += Second / 1000)
        {
            bucket.Advance(now);
            taken += TakeAll(bucket);
        }

        Assert.Equal(100 * limit, taken);
    }

    [Fact]
    public void Silence_gives_no_more_than_a_burst()
    {
        var bucket = Bucket(limit: 10, burst: 15);
        bucket.Advance(3600 * Second);

        Assert.Equal(15, TakeAll(bucket));
    }

    [Fact]
    public void Time_in_which_nothing_was_read_gives_all_that_may_have_come_once()
    {
        var bucket = Bucket(limit: 10, burst: 5);
        TakeAll(bucket);
        bucket.Resume(60 * Second);
        bucket.Advance(60 * Second);
        Assert.Equal(600, TakeAll(bucket));

        bucket.Advance(120 * Second);
        Assert.Equal(5, TakeAll(bucket));
    }

    [Fact]
    public void The_largest_values_overflow_nothing()
    {
        var options = new MessageRateOptions { Limit = int.MaxValue - 1, Period = TimeSpan.FromDays(24), Burst = int.MaxValue };
        var bucket = new MessageBucket(options, 1_000_000_000, now: 0);
        bucket.Advance(long.MaxValue);

        Assert.True(bucket.TryTake());
    }

    private static MessageBucket Bucket(int limit, int? burst = null) => new(new() { Limit = limit, Burst = burst }, Second, now: 0);

    private static int TakeAll(MessageBucket bucket)
    {
        var taken = 0;
        while (bucket.TryTake()) taken++;
        return taken;
    }
}
