using System.Text;
using Peers.Bench.Load;
using Peers.Bench.Processes;
using Peers.Bench.Report;

namespace Peers.Bench.Suites;

/// <summary>Clients that cause much output and read it as fast as they can: a server must close none of them.</summary>
/// <remarks>Then <see cref="StalledLoad"/>: clients that never read, and what they cost.</remarks>
internal sealed class SlowSuite : ISuite
{
    private const int Connections = 20;
    private const int Warmups = 2;

    // Each run of the pipelined load moves 1.5 GB each way.
    private const int PipelinedWarmups = 1;
    private const int MaxPipelinedRounds = 3;

    private const string Pipelined = "pipelined";

    private static readonly Contender[] s_contenders = [Contender.Loop, Contender.Pipes, Contender.Managed, Contender.SignalR];

    private static readonly (string Name, string Workload, int Requests, string Title)[] s_loads =
    [
        ("requests20", "requests", 20, "20 requests in one write, replies of 20 KB"),
        ("requests60", "requests", 60, "60 requests in one write, replies of 20 KB"),
        ("requests100", "requests", 100, "100 requests in one write, replies of 20 KB"),
        ("requests200", "requests", 200, "200 requests in one write, replies of 20 KB"),
        ("hook", "hook", 1, "1.6 MB from one hook, in pieces of 16 KiB"),
        (Pipelined, Pipelined, 1, "An echo client that pipelines 36.9 MB in messages of 16 KiB"),
    ];

    public string Run(Settings settings, Figures figures)
    {
        var text = new StringBuilder();
        var closed = 0;
        var hasRun = false;
        foreach (var (name, workload, requests, title) in s_loads.Where(load => settings.Wants(load.Name) || settings.Wants(load.Workload)))
        {
            var isPipelined = workload == Pipelined;
            var warmups = isPipelined ? PipelinedWarmups : Warmups;
            var rounds = isPipelined ? Math.Min(settings.Rounds, MaxPipelinedRounds) : settings.Rounds;
            var results = Measure(workload, requests, warmups, rounds, settings);
            closed += AddFigures(figures, name, results);
            hasRun = true;
            Print(text, TableOf($"{name}: {title}", results));
        }

        if (hasRun) figures.Add("slow.healthy-closed", closed, "connections");
        if (settings.Wants(StalledLoad.Name)) Print(text, StalledLoad.Run(settings, figures));
        return text.ToString();
    }

    private static void Print(StringBuilder text, Table table)
    {
        Console.WriteLine(table);
        text.Append(table).Append('\n');
    }

    // The first runs of a server, while its code is compiled, count for connections that were closed but not for rates.
    private static Dictionary<Contender, Results> Measure(string workload, int requests, int warmups, int rounds, Settings settings)
    {
        Contender[] here = [.. s_contenders.Where(settings.Wants)];
        var results = here.ToDictionary(contender => contender, _ => new Results());
        var servers = new List<Server>();
        try
        {
            foreach (var contender in here)
            {
                servers.Add(Server.Start(contender));
                for (var i = 0; i < warmups; i++) results[contender].Closed.Add(RunOnce(contender, servers[^1]).Closed);
            }

            for (var i = 0; i < rounds * here.Length; i++)
            {
                // Each round begins with another server.
                var turn = (i + (i / here.Length)) % here.Length;
                var result = RunOnce(here[turn], servers[turn]);
                results[here[turn]].Closed.Add(result.Closed);
                results[here[turn]].Warm.Add(result);
            }
        }
        finally
        {
            foreach (var server in servers) server.Dispose();
        }

        return results;

        BurstResult RunOnce(Contender contender, Server server) =>
            Generator.RunBursts(new(workload, contender.Kind, server.Port, Connections, Depth: requests, Size: 0, Warmup: 0, Seconds: 0));
    }

    private static int AddFigures(Figures figures, string load, Dictionary<Contender, Results> results)
    {
        var closed = 0;
        foreach (var (contender, result) in results)
        {
            figures.Add($"slow.{contender.Id}.{load}.closed", result.Worst, "connections");
            figures.Add($"slow.{contender.Id}.{load}.rate", result.Rate, "MB/s");
            figures.Add($"slow.{contender.Id}.{load}.single.rate", result.SingleRate, "MB/s");
            if (contender.IsPeer) closed += result.Worst;
        }

        return closed;
    }

    private static Table TableOf(string title, Dictionary<Contender, Results> results)
    {
        var table = new Table(
            title,
            "server",
            $"closed of {Connections}, worst run",
            "of all",
            $"MB/s, {Connections} at once",
            "MB/s, one at a time",
            "generator CPU");
        foreach (var (contender, result) in results)
        {
            table.Add(
                contender.Name,
                Table.Number(result.Worst),
                $"{Table.Number(result.Closed.Sum())} of {Table.Number(result.Closed.Count * Connections)}",
                Table.Number(result.Rate),
                Table.Number(result.SingleRate),
                Table.Number(result.Warm.Select(one => one.LoadCpu).Median() * 100) + " %");
        }

        return table;
    }

    private sealed class Results
    {
        /// <summary>How many connections each run closed, also while the server was cold.</summary>
        public List<int> Closed { get; } = [];

        /// <summary>The runs that count for rates.</summary>
        public List<BurstResult> Warm { get; } = [];

        public int Worst => Closed.Max();

        public double Rate => Warm.Select(result => result.Rate).Median();

        public double SingleRate => Warm.Select(result => result.SingleRate).Median();
    }
}
