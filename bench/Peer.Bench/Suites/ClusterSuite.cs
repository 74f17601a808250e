using System.Text;
using Peers.Bench.Processes;
using Peers.Bench.Report;

namespace Peers.Bench.Suites;

/// <summary>One publisher, subscribers on three nodes, a broker between them: against SignalR with its backplane.</summary>
/// <remarks>Nodes and broker share one core, the load generator has the other. Every subscriber checks that it hears every message once, in order.</remarks>
internal sealed class ClusterSuite : ISuite
{
    private static readonly Contender[] s_contenders = [Contender.OverNats, Contender.OverRedis, Contender.SignalROverRedis];

    private static readonly ServerLoad[] s_loads =
    [
        new("b64x16", "300 subscribers on 3 nodes, 64 B, 16 in flight", 300, 16, 64),
        new("k1x16", "300 subscribers on 3 nodes, 1 KiB, 16 in flight", 300, 16, 1024),
        new("b64x1", "300 subscribers on 3 nodes, 64 B, one in flight", 300, 1, 64),
        new("k1x1", "300 subscribers on 3 nodes, 1 KiB, one in flight", 300, 1, 1024),
    ];

    public string Run(Settings settings, Figures figures)
    {
        Contender[] here = [.. s_contenders.Where(contender => contender == Contender.SignalROverRedis || settings.Wants(contender))];
        var text = new StringBuilder();
        var ratios = here.ToDictionary(contender => contender, _ => new List<double>());
        foreach (var load in s_loads.Where(load => settings.Wants(load.Name)))
        {
            var rounds = Rounds.Run("fanout", load, here, settings);
            var table = TableOf(load, here, rounds).ToString();
            Console.WriteLine(table);
            text.Append(table).Append('\n');
            foreach (var contender in here.Where(contender => contender.IsPeer))
            {
                if (load.Depth > 1) ratios[contender].Add(rounds.Ratio(contender, Contender.SignalROverRedis));
                AddFigures(figures, $"cluster.{contender.Id}.{load.Name}", contender, rounds);
            }
        }

        // Of the loads that ask for throughput the worse stands for both.
        foreach (var (contender, all) in ratios.Where(ratio => ratio.Value.Count > 0)) figures.Ratio($"cluster.{contender.Id}.vs-signalr", all.Min());
        return text.ToString();
    }

    private static Table TableOf(ServerLoad load, Contender[] contenders, Rounds rounds)
    {
        var table = new Table($"{load.Name}: {load.Title}", "server", "deliveries/s", "vs SignalR", "p50 µs", "p99 µs", "nodes' µs", "allocated B", "generator CPU");
        foreach (var contender in contenders)
        {
            table.Add(
                contender.Name,
                Table.Number(rounds.Median(contender, result => result.Rate)),
                Table.Number(rounds.Ratio(contender, Contender.SignalROverRedis), 2),
                Table.Number(rounds.Median(contender, result => result.P50)),
                Table.Number(rounds.Median(contender, result => result.P99)),
                Table.Number(rounds.Median(contender, result => result.ServerCpu), 2),
                Table.Number(rounds.Median(contender, result => result.Allocated), 2),
                Table.Number(rounds.Median(contender, result => result.LoadCpu) * 100) + " %");
        }

        return table;
    }

    private static void AddFigures(Figures figures, string prefix, Contender contender, Rounds rounds)
    {
        figures.Ratio($"{prefix}.vs-signalr", rounds.Ratio(contender, Contender.SignalROverRedis));
        figures.Add($"{prefix}.rate", rounds.Median(contender, result => result.Rate), "/s");
        figures.Add($"{prefix}.p50", rounds.Median(contender, result => result.P50), "us");
        figures.Add($"{prefix}.p99", rounds.Median(contender, result => result.P99), "us");
        figures.Ratio($"{prefix}.p99.vs-signalr", rounds.Ratio(contender, Contender.SignalROverRedis, result => result.P99));
    }
}
