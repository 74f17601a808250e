using System.Text;
using Peers.Bench.Processes;
using Peers.Bench.Report;

namespace Peers.Bench.Suites;

/// <summary>Several servers under several loads: a table a load, the same figures for each.</summary>
internal sealed class ServerSuite(string name, IReadOnlyList<ServerLoad> loads, IReadOnlyList<Contender> contenders) : ISuite
{
    // Who has a turn under every load.
    private static readonly Contender[] s_always = [Contender.Loop, Contender.Pipes, Contender.Managed, Contender.Bun];
    private static readonly Contender[] s_rivals = [Contender.Managed, Contender.ManagedInline, Contender.SignalR, Contender.SignalRPack, Contender.Bun, Contender.NodeWs];

    private readonly List<Contender> _all = [.. contenders.Where(Rivals.IsThere)];

    private bool IsFanout => name == "fanout";

    public string Run(Settings settings, Figures figures)
    {
        if (_all.Count < contenders.Count) Console.WriteLine($"Left out, because ./build.sh bench has not installed or compiled them: {string.Join(", ", contenders.Except(_all).Select(contender => contender.Name))}.\n");
        var text = new StringBuilder();
        foreach (var load in loads.Where(load => settings.Wants(load.Name)))
        {
            Contender[] here = [.. _all.Where(contender => settings.Wants(contender) && (load.IsForAll || s_always.Contains(contender)))];
            var rounds = Rounds.Run(name, load, here, settings);
            var table = TableOf(load, here, rounds).ToString();
            Console.WriteLine(table);
            text.Append(table).Append('\n');
            foreach (var contender in here.Where(contender => contender.IsPeer)) AddFigures(figures, $"{name}.{contender.Id}.{load.Name}", contender, here, rounds);
            figures.Add($"{name}.load.{load.Name}.cpu", here.Max(contender => rounds.Median(contender, result => result.LoadCpu)) * 100, "%");
        }

        return text.ToString();
    }

    private Table TableOf(ServerLoad load, Contender[] contenders, Rounds rounds)
    {
        string[] columns = ["server", IsFanout ? "deliveries/s" : "messages/s", "vs System.Net.WebSockets", "server µs", "allocated B", "generator CPU"];
        var table = new Table($"{load.Name}: {load.Title}", IsFanout ? [.. columns, "p50 µs", "p99 µs"] : columns);
        foreach (var contender in contenders) table.Add(Row(contender, contenders, rounds));
        return table;
    }

    private string[] Row(Contender contender, Contender[] here, Rounds rounds)
    {
        string[] cells =
        [
            contender.Name,
            Table.Number(rounds.Median(contender, result => result.Rate)),
            here.Contains(Contender.Managed) ? Table.Number(rounds.Ratio(contender, Contender.Managed), 2) : "",
            Table.Number(rounds.Median(contender, result => result.ServerCpu), 2),
            Table.Number(rounds.Median(contender, result => result.Allocated), 2),
            Table.Number(rounds.Median(contender, result => result.LoadCpu) * 100) + " %",
        ];
        return IsFanout ? [.. cells, Table.Number(rounds.Median(contender, result => result.P50)), Table.Number(rounds.Median(contender, result => result.P99))] : cells;
    }

    private void AddFigures(Figures figures, string prefix, Contender contender, Contender[] here, Rounds rounds)
    {
        foreach (var rival in s_rivals.Where(here.Contains)) figures.Ratio($"{prefix}.vs-{rival.Id}", rounds.Ratio(contender, rival));
        figures.Add($"{prefix}.rate", rounds.Median(contender, result => result.Rate), "/s");
        figures.Add($"{prefix}.cpu", rounds.Median(contender, result => result.ServerCpu), "us");
        figures.Add($"{prefix}.bytes", rounds.Median(contender, result => result.Allocated), "B");
        foreach (var rival in s_rivals.Where(here.Contains)) figures.Ratio($"{prefix}.cpu.vs-{rival.Id}", rounds.Ratio(contender, rival, result => result.ServerCpu));
        if (!IsFanout) return;
        figures.Add($"{prefix}.p99", rounds.Median(contender, result => result.P99), "us");
        foreach (var rival in s_rivals.Where(here.Contains)) figures.Ratio($"{prefix}.p99.vs-{rival.Id}", rounds.Ratio(contender, rival, result => result.P99));
    }
}
