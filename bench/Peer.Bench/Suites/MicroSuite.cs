using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Peers.Bench.Micro;
using Peers.Bench.Report;

namespace Peers.Bench.Suites;

/// <summary>The parts of a message's way, each by itself, by BenchmarkDotNet in this process.</summary>
internal sealed class MicroSuite : ISuite
{
    private static readonly Type[] s_benchmarks = [typeof(FrameBenchmarks), typeof(MessageBenchmarks), typeof(PublishBenchmarks), typeof(SuspendingHookBenchmarks)];

    public string Run(Settings settings, Figures figures)
    {
        var table = new Table("One at a time", "what", "ns", "± ns", "allocated B");
        foreach (var benchmarks in s_benchmarks.Where(type => settings.Wants(GroupOf(type))))
        {
            foreach (var report in BenchmarkRunner.Run(benchmarks, Config(settings.IsQuick)).Reports) Add(report, table, figures);
        }

        Console.WriteLine(table);
        return table.ToString();
    }

    private static void Add(BenchmarkReport report, Table table, Figures figures)
    {
        if (report.ResultStatistics is not { } nanoseconds) throw new InvalidOperationException($"{report.BenchmarkCase.DisplayInfo} did not run.");
        var benchmark = report.BenchmarkCase;
        var size = benchmark.Parameters.Items.Count > 0 ? $"{benchmark.Parameters.Items[0].Value}" : null;
        var allocated = report.GcStats.GetBytesAllocatedPerOperation(benchmark) ?? 0;
        var group = GroupOf(benchmark.Descriptor.Type);
        table.Add(
            $"{group}: {benchmark.Descriptor.WorkloadMethodDisplayInfo.Trim('\'')}{(size is null ? "" : $", {size} B")}",
            Table.Number(nanoseconds.Median, 1),
            Table.Number(nanoseconds.StandardDeviation, 1),
            Table.Number(allocated));
        var name = $"micro.{group}.{benchmark.Descriptor.WorkloadMethod.Name}{(size is null ? "" : "." + size)}".ToLowerInvariant();
        figures.Add(name + ".ns", nanoseconds.Median, "ns");
        figures.Add(name + ".bytes", allocated, "B");
    }

    private static string GroupOf(Type benchmarks) => benchmarks.Name.Replace("Benchmarks", "", StringComparison.Ordinal).Replace("SuspendingHook", "suspending", StringComparison.Ordinal).ToLowerInvariant();

    private static ManualConfig Config(bool isQuick) => ManualConfig.CreateEmpty()
        .AddJob((isQuick ? Job.ShortRun : Job.Default).WithToolchain(InProcessEmitToolchain.Instance))
        .AddDiagnoser(MemoryDiagnoser.Default)
        .AddColumnProvider(DefaultColumnProviders.Instance)
        .AddLogger(NullLogger.Instance)
        .WithOptions(ConfigOptions.DisableLogFile)
        .WithArtifactsPath(Path.Combine(Path.GetTempPath(), "peer-bench"));
}
