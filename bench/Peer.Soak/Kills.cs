using Peers.Tests.Kit;

namespace Peers.Soak;

/// <summary>Three nodes over a broker that is killed and started again, and then one node is killed: what is published between the others arrives once or lies in a gap.</summary>
internal static class Kills
{
    public static async Task RunAsync(Ledger ledger, string name, Func<Task<IBroker>> start, TimeSpan duration)
    {
        await using var broker = await start();
        var report = await new KillRun(broker, duration).RunAsync();

        ledger.AddConnections(300);
        ledger.AddMessages(report.Delivered);
        ledger.Require(report.Repeated == 0, $"{name}: {report.Repeated:N0} messages came twice");
        ledger.Require(report.Unaccounted.Count == 0, $"{name}: neither came nor lie in a gap: {string.Join("; ", report.Unaccounted)}");
        ledger.Require(report.Gaps > 0, $"{name}: no gap was told, although the broker was killed");
        Console.WriteLine($"kill {name}: {report.Delivered:N0} delivered, {report.InGaps:N0} in {report.Gaps:N0} gaps, {report.Repeated:N0} twice");
    }
}
