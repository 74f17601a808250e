using System.Globalization;
using System.Runtime;
using Peers.Bench.Load;

namespace Peers.Bench.Servers;

/// <summary><c>/stats</c>: what a server says of itself.</summary>
internal static class OwnStats
{
    public static Task WriteAsync(HttpContext http)
    {
        if (http.Request.Query.ContainsKey("collect")) Collect();
        return http.Response.WriteAsJsonAsync(new ServerStats(
            GC.GetTotalAllocatedBytes(precise: true),
            Environment.CpuUsage.TotalTime.TotalMicroseconds,
            ResidentBytes(),
            GC.GetTotalMemory(forceFullCollection: false),
            JitInfo.GetCompilationTime().TotalMicroseconds), StatsJson.Default.ServerStats);
    }

    // Twice, with finalizers between; what the heap no longer needs goes back to the system.
    private static void Collect()
    {
        for (var i = 0; i < 2; i++)
        {
            GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
            GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }
    }

    // The second number of statm: pages that are resident.
    private static long ResidentBytes() =>
        long.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
}
