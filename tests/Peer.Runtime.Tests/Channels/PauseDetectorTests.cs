using Microsoft.Extensions.Time.Testing;
using Peers.Channels;

namespace Peers.Tests.Channels;

/// <summary>A process that did not run, and one that is slow.</summary>
public sealed class PauseDetectorTests
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(2);

    private readonly FakeTimeProvider _time = new();
    private readonly PauseDetector _pauses;

    public PauseDetectorTests()
    {
        _pauses = new(_time);
        Beat(200, times: 3);
    }

    [Fact]
    public void A_process_that_runs_has_no_pause() => Assert.True(_pauses.HasRunFor(s_deadline));

    [Fact]
    public void After_a_pause_deadlines_begin_again()
    {
        Beat(10_000);
        Assert.False(_pauses.HasRunFor(s_deadline));
        Beat(200, times: 9);
        Assert.False(_pauses.HasRunFor(s_deadline));
        Beat(200);
        Assert.True(_pauses.HasRunFor(s_deadline));
    }

    [Fact]
    public void A_second_pause_begins_them_once_more()
    {
        Beat(10_000);
        Beat(200, times: 9);
        Beat(10_000);

        Assert.False(_pauses.HasRunFor(s_deadline));
    }

    [Fact]
    public void A_process_whose_every_heartbeat_is_late_judges_others_too()
    {
        Beat(1_000, times: 4);
        Assert.False(_pauses.HasRunFor(s_deadline));
        Beat(1_000);
        Assert.True(_pauses.HasRunFor(s_deadline));
    }

    private void Beat(int milliseconds, int times = 1)
    {
        for (; times > 0; times--)
        {
            _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
            _pauses.Beat(_time.GetTimestamp());
        }
    }
}
