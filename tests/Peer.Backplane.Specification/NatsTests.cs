using Peers.Tests.Kit;

namespace Peers.Tests;

public sealed class NatsContractTests : BackplaneContract
{
    protected override Task<IBroker> StartBrokerAsync() => NatsBroker.StartAsync();
}

public sealed class NatsClusterTests : ClusterSpecification
{
    protected override Task<IBroker> StartBrokerAsync() => NatsBroker.StartAsync();
}
