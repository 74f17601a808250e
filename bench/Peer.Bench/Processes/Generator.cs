using System.Text.Json;
using Peers.Bench.Load;

namespace Peers.Bench.Processes;

/// <summary>The load generator as a process of its own, once a run.</summary>
internal static class Generator
{
    // Compiled for speed before it begins, not while it measures.
    private static readonly Dictionary<string, string> s_environment = new() { ["DOTNET_TieredCompilation"] = "0" };

    public static LoadResult Run(LoadOptions options) => Run<LoadResult>(options);

    public static BurstResult RunBursts(LoadOptions options) => Run<BurstResult>(options);

    private static TResult Run<TResult>(LoadOptions options)
    {
        using var process = PinnedProcess.StartSelf(Cores.Load, ["load", .. options.ToArguments()], s_environment);
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"The load generator failed: {options}");
        return JsonSerializer.Deserialize<TResult>(output)!;
    }
}
