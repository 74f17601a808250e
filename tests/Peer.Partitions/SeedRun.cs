namespace Peers.Partitions;

/// <summary>One seed: three nodes, clients on each, messages between all, and the faults of the seed's plan. Then every message must be received once or lie in a gap.</summary>
public sealed class SeedRun
{
    // Nodes reconnect within two seconds or so; a slow machine gets more.
    private static readonly TimeSpan s_settling = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan s_markerInterval = TimeSpan.FromMilliseconds(200);

    // In which what is told too late, or falsely, is still noticed: claims are judged 400 ms after a heartbeat.
    private static readonly TimeSpan s_aftermath = TimeSpan.FromMilliseconds(800);

    private readonly string _broker;
    private readonly int _seed;
    private readonly Mutation _mutation;
    private readonly FaultPlan _plan;
    private readonly Journal _journal = new();
    private readonly Timeline _timeline = new();
    private readonly List<SubscriberClient> _subscribers = [];
    private readonly CancellationTokenSource _healed = new();
    private ClusterUnderTest _cluster = null!;
    private long _start;

    private SeedRun(string broker, int seed, Mutation mutation) => (_broker, _seed, _mutation, _plan) = (broker, seed, mutation, new(seed));

    /// <summary>Runs a seed.</summary>
    /// <param name="broker"><c>nats</c> or <c>redis</c>.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="mutation">What the checker falsifies on its own side.</param>
    public static Task<SeedReport> RunAsync(string broker, int seed, Mutation mutation = Mutation.None) => new SeedRun(broker, seed, mutation).RunAsync();

    private async Task<SeedReport> RunAsync()
    {
        _timeline.Add($"heartbeat {_plan.Heartbeat.TotalMilliseconds} ms, linger {_plan.Linger.TotalMilliseconds} ms");
        _cluster = await ClusterUnderTest.StartAsync(_journal, _broker, _plan, _timeline);
        await using var cluster = _cluster;
        try
        {
            await Task.WhenAll(Enumerable.Range(0, Nodes.Count).Select(node => JoinAsync(_cluster.Node(node)!, Nodes.NameOf(node))));
            _start = Clock.Now;
            var publishing = Enumerable.Range(0, Nodes.Count).Select(PublishAsync).ToArray();
            await Task.WhenAll(
            [
                .. _plan.Faults.Select(CauseAsync),
                .. _plan.Latecomers.Select((latecomer, number) => JoinLateAsync(latecomer, number + 1)),
                .. _plan.Bursts.Select(BurstAsync),
                UntilAsync(FaultPlan.End),
            ]);
            _timeline.Add("all faults have ended");
            var healedAt = Clock.Now;
            await _healed.CancelAsync();
            await Task.WhenAll(publishing);
            var unsettled = await SettleAsync(healedAt);
            var audit = _journal.Audit(_timeline.Start);
            audit = audit with { Breaches = [.. audit.Breaches, .. unsettled] };
            return new(_broker, _seed, Clock.Seconds(_timeline.Start, Clock.Now), audit, _timeline.Lines, [.. _cluster.Outputs]);
        }
        finally
        {
            foreach (var subscriber in _subscribers) await subscriber.DisposeAsync();
        }
    }

    // The clients that a node has from its start.
    private async Task JoinAsync(NodeProcess node, string name)
    {
        await Task.WhenAll(
            AddAsync(node, $"{name}.1", [.. Channels.Busy, .. Channels.Calm, .. Channels.New]),
            AddAsync(node, $"{name}.2", [Channels.Busy[0], .. Channels.New]),
            AddAsync(node, $"{name}.3", Channels.Calm));
    }

    private async Task<SubscriberClient?> AddAsync(NodeProcess node, string name, string[] channels)
    {
        var client = await SubscriberClient.JoinAsync(_journal, node, name, channels, _mutation);
        if (client is null) return null;
        lock (_subscribers) _subscribers.Add(client);
        return client;
    }

    private async Task PublishAsync(int node)
    {
        var random = new Random((_seed * Nodes.Count) + node);
        while (!_healed.IsCancellationRequested)
        {
            var channel = random.Next(20) switch
            {
                < 13 => Channels.Busy[random.Next(Channels.Busy.Length)],
                < 15 => Channels.Calm[0],
                _ => Channels.Late[random.Next(Channels.Late.Length)],
            };
            if (_cluster.Node(node) is { } process) await process.PublishAsync(channel, random.Next(1, 4));
            await Task.Delay(random.Next(10, 30));
        }
    }

    private async Task BurstAsync(Burst burst)
    {
        await UntilAsync(burst.At);
        if (_cluster.Node(burst.Node) is not { } process) return;
        _timeline.Add($"node {Nodes.NameOf(burst.Node)} publishes {burst.Count} to '{burst.Channel}'");
        await process.PublishAsync(burst.Channel, burst.Count);
    }

    private async Task JoinLateAsync(Latecomer latecomer, int number)
    {
        await UntilAsync(latecomer.At);
        if (_cluster.Node(latecomer.Node) is not { } process) return;
        var name = $"{Nodes.NameOf(latecomer.Node)}.late{number}";
        _timeline.Add($"{name} subscribes to {string.Join(", ", latecomer.Channels)}");
        var client = await AddAsync(process, name, latecomer.Channels);
        _timeline.Add($"{name} is subscribed");
        if (client is null || latecomer.Stays is not { } stay) return;
        await Task.Delay(stay);
        _timeline.Add($"{name} leaves");
        await client.DisposeAsync();
    }

    private async Task CauseAsync(Fault fault)
    {
        await UntilAsync(fault.At);
        var name = fault.Kind == FaultKind.PauseBroker ? $"{fault.Kind}" : $"{fault.Kind} of {Nodes.NameOf(fault.Node)}";
        await _cluster.BeginAsync(fault);
        _timeline.Add($"{name} has begun");
        await UntilAsync(fault.At + fault.Duration);
        _timeline.Add($"{name} ends");
        await _cluster.EndAsync(fault);
        if (fault.Kind is not (FaultKind.Kill or FaultKind.CutAndKill)) return;
        var process = await _cluster.StartNodeAsync(fault.Node);
        await JoinAsync(process, $"{Nodes.NameOf(fault.Node)}'");
    }

    // Markers until every subscriber has one of every node, then until all is accounted for.
    private async Task<IReadOnlyList<Breach>> SettleAsync(long healedAt)
    {
        IReadOnlyList<Breach> unsettled;
        var living = _cluster.Living.ToArray();
        do
        {
            foreach (var node in living)
            {
                foreach (var channel in Channels.All) await node.PublishAsync(channel, 1);
            }

            await Task.Delay(s_markerInterval);
            unsettled = _journal.Unsettled([.. living.Select(node => node.Id)], healedAt);
        }
        while (unsettled.Count > 0 && Clock.Seconds(healedAt, Clock.Now) < s_settling.TotalSeconds);

        _timeline.Add(unsettled.Count == 0 ? "every subscriber has received a marker of every node" : "not every subscriber has received a marker of every node");
        await Task.Delay(s_aftermath);
        while (_journal.Audit(_timeline.Start).Count(BreachKind.Untold) > 0 && Clock.Seconds(healedAt, Clock.Now) < s_settling.TotalSeconds) await Task.Delay(s_markerInterval);
        _timeline.Add("the run has ended");
        return unsettled;
    }

    private async Task UntilAsync(TimeSpan at)
    {
        var left = at - TimeSpan.FromSeconds(Clock.Seconds(_start, Clock.Now));
        if (left > TimeSpan.Zero) await Task.Delay(left);
    }
}
