using System.Diagnostics;
using Peers.Bench.Codec;
using Peers.Bench.Report;

namespace Peers.Bench.Suites;

/// <summary>Generated messages against System.Text.Json's source-generated context: in this process, then in one compiled ahead of time.</summary>
internal sealed class CodecSuite : ISuite
{
    private static readonly string s_native = Repository.PathOf("artifacts", "bench", "Peer.Bench.Aot");

    public string Run(Settings settings, Figures figures)
    {
        var tables = CodecRaces.Run("JIT", "codec", settings.IsQuick, settings.Only, figures);
        return File.Exists(s_native) ? $"{tables}\n{RunNative(settings, figures)}" : tables;
    }

    private static string RunNative(Settings settings, Figures figures)
    {
        string[] arguments = [.. settings.IsQuick ? new[] { "--quick" } : [], .. settings.Only is { } only ? new[] { "--only", only } : []];
        using var native = Process.Start(new ProcessStartInfo(s_native, arguments) { RedirectStandardOutput = true })!;
        var output = native.StandardOutput.ReadToEnd();
        native.WaitForExit();
        if (native.ExitCode != 0) throw new InvalidOperationException($"{s_native} ended with {native.ExitCode}.");

        var tables = output[..output.IndexOf(Figures.Mark, StringComparison.Ordinal)].TrimEnd() + "\n";
        figures.AddLines(output[tables.Length..].Split('\n').Where(line => line.StartsWith(Figures.Mark, StringComparison.Ordinal)));
        Console.WriteLine(tables);
        return tables;
    }
}
