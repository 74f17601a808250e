using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;

namespace Peers.Tests;

public sealed class PulseTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task By_the_systems_clock_it_beats_on_a_thread_of_its_own_and_leaves_the_pool_alone()
    {
        var beats = new TaskCompletionSource<Thread>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var pulse = new Pulse(TimeProvider.System, TimeSpan.FromMilliseconds(1), "beats", () => beats.TrySetResult(Thread.CurrentThread));

        var thread = await beats.Task.WaitAsync(s_patience, TestContext.Current.CancellationToken);

        Assert.False(thread.IsThreadPoolThread);
        Assert.True(thread.IsBackground);
        Assert.Equal("beats", thread.Name);
    }

    [Fact]
    public async Task By_the_systems_clock_it_beats_until_it_is_disposed_and_its_thread_ends()
    {
        var thread = new TaskCompletionSource<Thread>(TaskCreationOptions.RunContinuationsAsynchronously);
        var count = 0;
        var pulse = new Pulse(TimeProvider.System, TimeSpan.FromMilliseconds(1), "beats", () =>
        {
            if (++count == 3) thread.TrySetResult(Thread.CurrentThread);
        });

        var beating = await thread.Task.WaitAsync(s_patience, TestContext.Current.CancellationToken);
        pulse.Dispose();

        Assert.True(beating.Join(s_patience));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(TimeSpan.TicksPerMillisecond / 2)]
    public async Task A_period_below_the_clocks_tick_is_one_tick_and_no_spinning(long ticks)
    {
        var beats = 0;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var began = Stopwatch.GetTimestamp();
        using var pulse = new Pulse(TimeProvider.System, new TimeSpan(ticks), "beats", () =>
        {
            if (++beats == 20) done.TrySetResult();
        });

        await done.Task.WaitAsync(s_patience, TestContext.Current.CancellationToken);

        // Each of the twenty waits for a millisecond at least; how much longer is the machine's affair.
        Assert.InRange(Stopwatch.GetElapsedTime(began), TimeSpan.FromMilliseconds(18), s_patience);
    }

    [Fact]
    public async Task What_a_beat_leaves_in_its_context_is_not_there_at_the_next()
    {
        var left = new AsyncLocal<string?>();
        var seen = new List<string?>();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var pulse = new Pulse(TimeProvider.System, TimeSpan.FromMilliseconds(1), "beats", () =>
        {
            if (seen.Count == 3) done.TrySetResult();
            else seen.Add(left.Value);
            left.Value = "left";
        });

        await done.Task.WaitAsync(s_patience, TestContext.Current.CancellationToken);

        Assert.Equal([null, null, null], seen);
    }

    [Fact]
    public void By_any_other_clock_it_beats_when_that_says_so()
    {
        var time = new FakeTimeProvider();
        var count = 0;
        using (new Pulse(time, TimeSpan.FromSeconds(1), "beats", () => count++))
        {
            time.Advance(TimeSpan.FromSeconds(3));
            Assert.Equal(3, count);
        }

        time.Advance(TimeSpan.FromSeconds(3));
        Assert.Equal(3, count);
    }

    [Fact]
    public void A_beat_that_is_under_way_is_not_begun_again()
    {
        var time = new FakeTimeProvider();
        var count = 0;
        using var pulse = new Pulse(time, TimeSpan.FromSeconds(1), "beats", () =>
        {
            count++;
            if (count == 1) time.Advance(TimeSpan.FromSeconds(5));
        });

        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(1, count);
    }
}
