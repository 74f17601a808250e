using Peers.Partitions;

namespace Peers.Tests;

/// <summary>A seed over each broker of the long run <c>./build.sh soak --partitions</c>.</summary>
public sealed class PartitionTests
{
    // Seed 4 stops nodes for longer than the timeout: messages that had arrived were told as lost. Seed 1 cuts off a node that publishes, also for longer: its losses went untold.
    [Theory]
    [InlineData("nats", 4)]
    [InlineData("redis", 1)]
    public async Task Every_message_is_received_once_or_lies_in_a_gap_whatever_is_cut_paused_or_killed(string broker, int seed)
    {
        var report = await SeedRun.RunAsync(broker, seed);

        Assert.True(report.IsClean, report.ToString());
        Assert.True(report.Audit.Delivered > 1000, report.ToString());
        Assert.True(report.Audit.Gaps > 0, report.ToString());
    }
}
