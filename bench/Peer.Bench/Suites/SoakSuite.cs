using Peers.Bench.Load;
using Peers.Bench.Processes;
using Peers.Bench.Report;

namespace Peers.Bench.Suites;

/// <summary>Minutes under full load in place of seconds: every reply is right, every subscriber's order holds, and memory does not grow.</summary>
/// <remarks>The generator ends with an error at the first wrong reply. Not part of <c>all</c>.</remarks>
internal sealed class SoakSuite : ISuite
{
    private const double Minutes = 3;
    private const double QuickSeconds = 10;
    private const double MaxGrowth = 16;

    private static readonly (string Workload, ServerLoad Load)[] s_loads =
    [
        ("echo", new("d16", "Echo, 200 connections, 16 in flight", 200, 16, 20)),
        ("typed", new("d16", "Typed, 200 connections, 16 in flight", 200, 16, 0)),
        ("fanout", new("s200x16", "Fan-out, 200 subscribers, 16 in flight", 200, 16, 64)),
    ];

    public string Run(Settings settings, Figures figures)
    {
        var table = new Table("Under full load", "load", "seconds", "messages", "resident MiB before", "after");
        foreach (var (workload, load) in s_loads.Where(soak => settings.Wants(soak.Workload)))
        {
            using var server = Server.Start(Contender.Pipes);
            var seconds = settings.IsQuick ? QuickSeconds : Minutes * 60;
            var options = new LoadOptions(workload, Contender.Pipes.Kind, server.Port, load.Connections, load.Depth, load.Size, Warmup: 1, Seconds: 5);
            Generator.Run(options);
            var before = Resident(server);
            var result = Generator.Run(options with { Seconds = seconds });
            var after = Resident(server);

            table.Add(load.Title, Table.Number(seconds), Table.Number(result.Messages), Table.Number(before, 1), Table.Number(after, 1));
            figures.Add($"soak.{workload}.growth", after - before, "MiB");
            if (after - before > MaxGrowth) throw new InvalidOperationException($"'{load.Title}' grew from {before:F1} to {after:F1} MiB.");
        }

        Console.WriteLine(table);
        return table.ToString();
    }

    private static double Resident(Server server) => ServerStats.Of(server.Port, collect: true).Resident / 1048576.0;
}
