using System.Globalization;
using Peers.Partitions;

namespace Peers.Soak;

/// <summary>Clusters taken apart by seed, over each broker: every message that a subscriber should have received was received once or lies in a gap that it was told of.</summary>
/// <remarks><c>--seeds N</c> (100) or <c>--seed N</c>, <c>--broker nats|redis</c> (both), <c>--parallel N</c> (1), <c>--logs FOLDER</c> for the nodes' logs of failed seeds, <c>--mutate KIND</c>.</remarks>
internal static class Partitions
{
    private static readonly Lock s_console = new();

    public static async Task<int> RunAsync(string[] args)
    {
        var mutation = Enum.Parse<Mutation>(Option(args, "--mutate") ?? nameof(Mutation.None), ignoreCase: true);
        var only = Option(args, "--seed") is { } one ? Number(one) : (int?)null;
        var seeds = only is { } seed ? [seed] : Enumerable.Range(1, Number(Option(args, "--seeds") ?? "100")).ToArray();
        string[] brokers = Option(args, "--broker") is { } broker ? [broker] : ["nats", "redis"];
        if (!brokers.All(name => name is "nats" or "redis")) throw new ArgumentException("--broker takes nats or redis.");
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Number(Option(args, "--parallel") ?? "1") };

        var breaches = 0;
        foreach (var name in brokers)
        {
            var reports = new List<SeedReport>();
            await Parallel.ForEachAsync(seeds, parallel, async (number, _) =>
            {
                var report = await SeedRun.RunAsync(name, number, mutation);
                lock (s_console) reports.Add(report);
                Show(report, Option(args, "--logs"));
            });
            breaches += Sum(name, reports);
        }

        return breaches == 0 ? 0 : 1;
    }

    private static void Show(SeedReport report, string? logs)
    {
        lock (s_console) Console.WriteLine(report);
        if (report.IsClean || logs is null) return;
        var folder = Directory.CreateDirectory(Path.Combine(logs, $"{report.Broker}-{report.Seed}")).FullName;
        File.WriteAllText(Path.Combine(folder, "report.txt"), report.ToString());
        foreach (var (node, output) in report.Outputs) File.WriteAllText(Path.Combine(folder, $"{node}.log"), output);
    }

    private static int Sum(string broker, List<SeedReport> reports)
    {
        var failed = reports.Where(report => !report.IsClean).Select(report => report.Seed).Order().ToArray();
        Console.WriteLine(
            $"partitions over {broker}: {reports.Count} seeds, {failed.Length} failed{(failed.Length > 0 ? $" ({string.Join(", ", failed)})" : "")}, the longest in {reports.Max(report => report.Seconds):0.0} s");
        Figure("delivered", reports.Sum(report => report.Audit.Delivered), "messages");
        Figure("in-gaps", reports.Sum(report => report.Audit.InGaps), "messages");
        Figure("gaps", reports.Sum(report => report.Audit.Gaps), "gaps");
        Figure("exact-gaps", reports.Sum(report => report.Audit.ExactGaps), "gaps");
        Figure("untold", Count(BreachKind.Untold), "messages");
        Figure("false-exact", Count(BreachKind.FalseExact), "messages");
        Figure("duplicates", Count(BreachKind.Duplicate), "messages");
        Figure("disordered", Count(BreachKind.Disordered), "messages");
        Figure("other", Count(BreachKind.Foreign) + Count(BreachKind.Closed) + Count(BreachKind.Unsettled) + Count(BreachKind.Failed), "breaches");
        return reports.Sum(report => report.Audit.Breaches.Count);

        long Count(BreachKind kind) => reports.Sum(report => report.Audit.Count(kind));
        void Figure(string name, long value, string unit) => Console.WriteLine($"figure partitions.{broker}.{name} {value} {unit}");
    }

    private static string? Option(string[] args, string name)
    {
        var at = Array.IndexOf(args, name);
        if (at < 0) return null;
        return at + 1 < args.Length ? args[at + 1] : throw new ArgumentException($"{name} takes a value.");
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
