using Peers.Tests.Kit;

namespace Peers.Tests;

public sealed class MemoryContractTests : BackplaneContract
{
    protected override Task<IBroker> StartBrokerAsync() => Task.FromResult<IBroker>(new MemoryBroker());
}

public sealed class MemoryClusterTests : ClusterSpecification
{
    protected override Task<IBroker> StartBrokerAsync() => Task.FromResult<IBroker>(new MemoryBroker());
}
