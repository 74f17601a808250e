using Peers.Tests.Kit;

namespace Peers.Tests;

// The short form of the long run.
public abstract partial class ClusterSpecification
{
    [Fact]
    public async Task Through_the_death_of_broker_and_node_every_message_comes_once_or_lies_in_a_gap()
    {
        var report = await new KillRun(_broker, TimeSpan.FromSeconds(10)).RunAsync();

        Assert.Empty(report.Unaccounted);
        Assert.Equal(0, report.Repeated);
        Assert.True(report.Delivered > 10_000, report.ToString());
        Assert.True(report.Gaps > 0, report.ToString());
    }
}
