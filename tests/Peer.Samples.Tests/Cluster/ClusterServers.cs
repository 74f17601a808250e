using Peers.TestKit;

namespace Peers.Tests.Cluster;

/// <summary>A broker, three published nodes, and a proxy in front. Disposing ends all of it.</summary>
internal sealed class ClusterServers : IAsyncDisposable
{
    private static readonly string[] s_names = ["one", "two", "three"];

    private readonly Dictionary<string, ServerProcess> _nodes = [];
    private BrokerServer _broker = null!;
    private Proxy? _proxy;

    /// <summary>Where the page is.</summary>
    public Uri Address => _proxy!.Address;

    public static async Task<ClusterServers> StartAsync(string broker)
    {
        var cluster = new ClusterServers();
        try
        {
            await cluster.StartAllAsync(broker);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Kills a node, as a lost machine would.</summary>
    public async Task KillAsync(string node)
    {
        await _nodes[node].DisposeAsync();
        _nodes.Remove(node);
    }

    public async ValueTask DisposeAsync()
    {
        if (_proxy is not null) await _proxy.DisposeAsync();
        foreach (var (_, node) in _nodes) await node.DisposeAsync();
        await _broker.DisposeAsync();
    }

    private async Task StartAllAsync(string broker)
    {
        string[] arguments;
        if (broker == "nats")
        {
            var nats = await NatsServer.StartAsync();
            (_broker, arguments) = (nats, ["--nats", nats.Url]);
        }
        else
        {
            var redis = await RedisServer.StartAsync();
            (_broker, arguments) = (redis, ["--redis", redis.Endpoint]);
        }

        foreach (var name in s_names)
        {
            _nodes.Add(name, await ServerProcess.StartAsync(Repository.Published("Cluster"), arguments: ["--node", name, .. arguments]));
        }

        _proxy = await Proxy.StartAsync([.. s_names.Select(name => _nodes[name].Address.Port)]);
    }
}
