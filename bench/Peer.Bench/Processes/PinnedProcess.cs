using System.Diagnostics;
using System.Globalization;

namespace Peers.Bench.Processes;

/// <summary>A process on one core. What it prints to standard error is passed on.</summary>
internal static class PinnedProcess
{
    public static Process Start(int core, string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        // taskset replaces itself: the process has its id.
        var start = new ProcessStartInfo("taskset", ["-c", core.ToString(CultureInfo.InvariantCulture), file, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        return Process.Start(start) ?? throw new InvalidOperationException($"'{file}' did not start.");
    }

    /// <summary>This program as another process.</summary>
    public static Process StartSelf(int core, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null) =>
        Start(core, Environment.ProcessPath!, arguments, environment);
}
