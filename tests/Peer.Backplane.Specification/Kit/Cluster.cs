namespace Peers.Tests.Kit;

/// <summary>Some nodes that know of each other.</summary>
public sealed class Cluster(Node[] nodes, string prefix) : IAsyncDisposable
{
    public Node A => nodes[0];

    public Node B => nodes[1];

    public Node C => nodes[2];

    public IReadOnlyList<Node> Nodes => nodes;

    /// <summary>What sets it apart from others on the same server.</summary>
    public string Prefix => prefix;

    /// <summary>Starts nodes, and returns when each has heard every other.</summary>
    public static async Task<Cluster> StartAsync(IBroker broker, int count, Action<BackplaneOptions>? configure = null, Action<Leash>? leashed = null)
    {
        var prefix = "t" + Guid.NewGuid().ToString("N");
        var nodes = new Node[count];
        for (var i = 0; i < count; i++) nodes[i] = await Node.StartAsync(broker.Connect(prefix), configure, leashed);
        foreach (var node in nodes)
        {
            for (var others = count - 1; others > 0; others--) await node.Log.UntilAsync(NodeJoined);
        }

        return new(nodes, prefix);
    }

    public const int NodeJoined = 58;

    public async ValueTask DisposeAsync()
    {
        foreach (var node in nodes) await node.DisposeAsync();
    }
}
