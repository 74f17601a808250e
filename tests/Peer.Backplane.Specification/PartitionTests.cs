using Peers.Partitions;

namespace Peers.Tests;

/// <summary>Two seeds over each broker of the long run <c>./build.sh soak --partitions</c>.</summary>
public sealed class PartitionTests
{
    // Seed 3 cuts a node off for longer than the timeout while it publishes; seed 1 stops nodes for as long. Losses went untold in the one, messages that had arrived were told as lost in the other.
    [Theory]
    [InlineData("nats", 3)]
    [InlineData("redis", 3)]
    [InlineData("nats", 1)]
    [InlineData("redis", 1)]
    public async Task Every_message_is_received_once_or_lies_in_a_gap_whatever_is_cut_paused_or_killed(string broker, int seed)
    {
        var report = await SeedRun.RunAsync(broker, seed);

        Assert.True(report.IsClean, report.ToString());
        Assert.True(report.Audit.Delivered > 1000, report.ToString());
        Assert.True(report.Audit.Gaps > 0, report.ToString());
    }
}
