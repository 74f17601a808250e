using Peers.Tests.Kit;

namespace Peers.Tests;

public sealed class RedisContractTests : BackplaneContract
{
    protected override Task<IBroker> StartBrokerAsync() => RedisBroker.StartAsync();
}

public sealed class RedisClusterTests : ClusterSpecification
{
    protected override Task<IBroker> StartBrokerAsync() => RedisBroker.StartAsync();
}
