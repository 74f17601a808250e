using Peers.Soak;

// Longer than a test may take: what many connections leave behind, what faults do to others, and what slow readers cost.
var isQuick = args.Contains("--quick");
var ledger = new Ledger();
await Churn.RunAsync(ledger, connections: isQuick ? 2_000 : 20_000);
await Faults.RunAsync(ledger, TimeSpan.FromSeconds(isQuick ? 5 : 60));
foreach (var policy in Enum.GetValues<Peers.SlowPeerPolicy>())
{
    await SlowReaders.RunAsync(ledger, policy, isPublished: false);
    await SlowReaders.RunAsync(ledger, policy, isPublished: true);
}

await Kills.RunAsync(ledger, "nats", Peers.Tests.Kit.NatsBroker.StartAsync, TimeSpan.FromSeconds(isQuick ? 10 : 60));
return ledger.Close();
