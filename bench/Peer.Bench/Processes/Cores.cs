using System.Diagnostics;

namespace Peers.Bench.Processes;

/// <summary>Which core a server runs on, and which one the load generator: never the same where there are two.</summary>
internal static class Cores
{
    public static int Server { get; } = Allowed()[0];

    public static int Load { get; } = Allowed()[^1];

    private static int[] Allowed()
    {
        using var self = Process.GetCurrentProcess();
        var mask = OperatingSystem.IsLinux() ? (ulong)self.ProcessorAffinity : 1;
        return [.. Enumerable.Range(0, 64).Where(core => (mask >> core & 1) == 1)];
    }
}
