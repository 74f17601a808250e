using Peers.TestKit;

namespace Peers.Partitions;

/// <summary>A broker, three nodes, and a link between each node and the broker. Disposing ends all of it.</summary>
internal sealed class ClusterUnderTest : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(30);

    private readonly Journal _journal;
    private readonly BrokerServer _broker;
    private readonly FaultPlan _plan;
    private readonly Timeline _timeline;
    private readonly Link[] _links;
    private readonly NodeProcess?[] _nodes = new NodeProcess?[Nodes.Count];
    private readonly List<NodeProcess> _ended = [];

    private ClusterUnderTest(Journal journal, BrokerServer broker, FaultPlan plan, Timeline timeline)
    {
        (_journal, _broker, _plan, _timeline) = (journal, broker, plan, timeline);
        _links = [.. Enumerable.Range(0, Nodes.Count).Select(_ => new Link(broker.Port))];
    }

    /// <summary>The nodes that live.</summary>
    public IEnumerable<NodeProcess> Living => _nodes.OfType<NodeProcess>();

    /// <summary>What all nodes have written, those that have ended first.</summary>
    public IEnumerable<(string Name, string Output)> Outputs =>
        _ended.Concat(Living).Select(node => (node.Id.ToString("x8"), node.Output));

    /// <summary>Starts it; returns when each node hears the others.</summary>
    public static async Task<ClusterUnderTest> StartAsync(Journal journal, string broker, FaultPlan plan, Timeline timeline)
    {
        BrokerServer server = broker == "nats" ? await NatsServer.StartAsync() : await RedisServer.StartAsync();
        var cluster = new ClusterUnderTest(journal, server, plan, timeline);
        try
        {
            await Task.WhenAll(Enumerable.Range(0, Nodes.Count).Select(cluster.StartNodeAsync));
            foreach (var node in cluster.Living) await HearsOthersAsync(node);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>A node; null between its end and the next start.</summary>
    public NodeProcess? Node(int node) => Volatile.Read(ref _nodes[node]);

    /// <summary>Starts a node in its place.</summary>
    public async Task<NodeProcess> StartNodeAsync(int node)
    {
        string[] arguments =
        [
            "--broker", _broker is NatsServer ? "nats" : "redis", "--broker-port", $"{_links[node].Port}",
            "--backplane:NodeTimeout", $"{FaultPlan.NodeTimeout}", "--backplane:NodeMemory", $"{_plan.NodeMemory}",
            "--backplane:HeartbeatInterval", $"{_plan.Heartbeat}", "--backplane:Linger", $"{_plan.Linger}",
            "--gap-delay", $"{_plan.GapDelay.TotalMilliseconds}",
        ];
        var process = await NodeProcess.StartAsync(_journal, arguments);
        _timeline.Add($"node {Nodes.NameOf(node)} is {process.Id:x8}");
        Volatile.Write(ref _nodes[node], process);
        return process;
    }

    /// <summary>Does a fault to its target.</summary>
    public async Task BeginAsync(Fault fault)
    {
        var link = _links[fault.Node];
        switch (fault.Kind)
        {
            case FaultKind.Hold or FaultKind.Blackhole or FaultKind.CutAndKill:
                link.Hold(toBroker: true, toNode: true);
                break;
            case FaultKind.HoldSent or FaultKind.BlackholeSent:
                link.Hold(toBroker: true, toNode: false);
                break;
            case FaultKind.HoldReceived:
                link.Hold(toBroker: false, toNode: true);
                break;
            case FaultKind.Refuse:
                link.Refuse();
                break;
            case FaultKind.Delay:
                link.Delay(TimeSpan.FromMilliseconds(Math.Min(300, fault.Duration.TotalMilliseconds / 3)));
                break;
            case FaultKind.PauseNode:
                Node(fault.Node)?.Freeze();
                break;
            case FaultKind.PauseBroker:
                _broker.Pause();
                break;
            case FaultKind.RestartBroker:
                await _broker.KillAsync();
                break;
            case FaultKind.Stop:
                await EndNodeAsync(fault.Node, node => node.StopAsync());
                break;
            case FaultKind.Kill:
                await EndNodeAsync(fault.Node, node => node.KillAsync());
                break;
        }
    }

    /// <summary>Undoes it.</summary>
    public async Task EndAsync(Fault fault)
    {
        var link = _links[fault.Node];
        switch (fault.Kind)
        {
            case FaultKind.Hold or FaultKind.HoldSent or FaultKind.HoldReceived:
                link.Release();
                break;
            case FaultKind.Blackhole or FaultKind.BlackholeSent:
                link.DropHeld();
                break;
            case FaultKind.CutAndKill:
                await EndNodeAsync(fault.Node, node => node.KillAsync());
                link.DropHeld();
                break;
            case FaultKind.Refuse:
                link.Admit();
                break;
            case FaultKind.Delay:
                link.Delay(TimeSpan.Zero);
                break;
            case FaultKind.PauseNode:
                Node(fault.Node)?.Thaw();
                break;
            case FaultKind.PauseBroker:
                _broker.Resume();
                break;
            case FaultKind.RestartBroker:
                await _broker.RestartAsync();
                break;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _ended.Concat(Living)) await node.DisposeAsync();
        foreach (var link in _links) await link.DisposeAsync();
        await _broker.DisposeAsync();
    }

    private async Task EndNodeAsync(int node, Func<NodeProcess, Task> end)
    {
        if (Node(node) is not { } process) return;
        Volatile.Write(ref _nodes[node], null);
        lock (_ended) _ended.Add(process);
        await end(process);
    }

    private static async Task HearsOthersAsync(NodeProcess node)
    {
        var start = Clock.Now;
        while (await node.CountOthersAsync() < Nodes.Count - 1)
        {
            if (Clock.Seconds(start, Clock.Now) > s_patience.TotalSeconds) throw new TimeoutException($"Node {node.Id:x8} does not hear the others. Its output:\n{node.Output}");
            await Task.Delay(s_look);
        }
    }
}
