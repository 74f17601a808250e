using Peers;

namespace Cluster;

/// <summary>Says every second who is on this node, and how many there are on all of them.</summary>
public sealed class Census(PeerHost host, People people) : BackgroundService
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    /// <summary>Asks every node how many are at the table.</summary>
    public static async Task<Counted> CountAsync(PeerHost host)
    {
        var count = await host.CountAsync(Table.All);
        return new(count.Count, count.Answered.Count, count.Missing.Count);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(s_interval);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            host.Publish(Table.All, people.Now());
            var counted = await CountAsync(host);
            foreach (var peer in host.Peers) peer.Send(counted);
        }
    }
}
