using Peers.Soak;
using Peers.Tests.Kit;

// Longer than a test may take: what many connections leave behind, what faults do to others, what slow readers cost, and what comes through the death of a broker and a node, over each broker.
if (args.Contains("--partitions")) return await Partitions.RunAsync(args);
var isQuick = args.Contains("--quick");
var ledger = new Ledger();
if (!args.Contains("--kills"))
{
    await Churn.RunAsync(ledger, connections: isQuick ? 2_000 : 20_000);
    await Faults.RunAsync(ledger, TimeSpan.FromSeconds(isQuick ? 5 : 60));
    foreach (var policy in Enum.GetValues<Peers.SlowPeerPolicy>())
    {
        await SlowReaders.RunAsync(ledger, policy, isPublished: false);
        await SlowReaders.RunAsync(ledger, policy, isPublished: true);
    }
}

var killing = TimeSpan.FromSeconds(isQuick ? 10 : 60);
await Kills.RunAsync(ledger, "nats", NatsBroker.StartAsync, killing);
await Kills.RunAsync(ledger, "redis", RedisBroker.StartAsync, killing);
return ledger.Close();
