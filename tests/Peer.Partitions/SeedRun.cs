namespace Peers.Partitions;

/// <summary>One seed: three nodes, clients on each, messages between all, and the faults of the seed's plan. Then every message must be received once or lie in a gap.</summary>
public sealed class SeedRun
{
    // Nodes reconnect within two seconds or so; a slow machine gets more.
    private static readonly TimeSpan s_quiet = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_settling = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(50);
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

    // A node, and the broker, have one fault at a time; the broker has none while a node starts.
    private readonly SemaphoreSlim[] _nodeTurns = [.. Enumerable.Range(0, Nodes.Count).Select(_ => new SemaphoreSlim(1))];
    private readonly SemaphoreSlim _brokerTurn = new(1);

    private ClusterUnderTest _cluster = null!;
    private IReadOnlyList<(string Name, string Output)> _outputs = [];
    private long _start;

    private SeedRun(string broker, int seed, Mutation mutation) => (_broker, _seed, _mutation, _plan) = (broker, seed, mutation, new(seed));

    /// <summary>Runs a seed.</summary>
    /// <param name="broker"><c>nats</c> or <c>redis</c>.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="mutation">What the checker falsifies on its own side.</param>
    public static Task<SeedReport> RunAsync(string broker, int seed, Mutation mutation = Mutation.None) => new SeedRun(broker, seed, mutation).RunAsync();

    private async Task<SeedReport> RunAsync()
    {
        var failures = await TryRunAsync();
        var audit = _journal.Audit(_timeline.Start);
        // What is told neither before the markers nor after them counts once.
        if (audit.Count(BreachKind.Untold) > 0) failures = [.. failures.Where(breach => breach.Kind != BreachKind.Untold)];
        return new(_broker, _seed, Clock.Seconds(_timeline.Start, Clock.Now), audit with { Breaches = [.. failures, .. audit.Breaches] }, _timeline.Lines, _outputs);
    }

    private async Task<IReadOnlyList<Breach>> TryRunAsync()
    {
        _timeline.Add($"heartbeat {_plan.Heartbeat.TotalMilliseconds} ms, linger {_plan.Linger.TotalMilliseconds} ms, node memory {_plan.NodeMemory.TotalMilliseconds} ms, gap hook {_plan.GapDelay.TotalMilliseconds} ms");
        try
        {
            await using var cluster = _cluster = await ClusterUnderTest.StartAsync(_journal, _broker, _plan, _timeline);
            try
            {
                return await TakeApartAsync();
            }
            finally
            {
                foreach (var subscriber in _subscribers) await subscriber.DisposeAsync();
                _outputs = [.. _cluster.Outputs];
            }
        }
        catch (Exception exception)
        {
            // One seed more to look at; the others are run.
            return [new(BreachKind.Failed, 1, exception.ToString())];
        }
    }

    private async Task<IReadOnlyList<Breach>> TakeApartAsync()
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
        var unfound = await BeQuietAsync();
        var unsettled = await SettleAsync(healedAt);
        return [.. unfound, .. unsettled];
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
        // On a slow machine a fault may be due while the one before it is still being undone.
        using var target = await TakeTurnAsync(fault.IsOfBroker ? _brokerTurn : _nodeTurns[fault.Node]);
        var name = fault.IsOfBroker ? $"{fault.Kind}" : $"{fault.Kind} of {Nodes.NameOf(fault.Node)}";
        await _cluster.BeginAsync(fault);
        _timeline.Add($"{name} has begun");
        await Task.Delay(fault.Duration);
        _timeline.Add($"{name} ends");
        await _cluster.EndAsync(fault);
        if (!fault.Restarts) return;
        using var broker = await TakeTurnAsync(_brokerTurn);
        var process = await _cluster.StartNodeAsync(fault.Node);
        await JoinAsync(process, $"{Nodes.NameOf(fault.Node)}'");
    }

    // A loss has to be found although nothing follows it. What is not, and is told with the markers, is a breach of its own.
    private async Task<IReadOnlyList<Breach>> BeQuietAsync()
    {
        var report = await AccountAsync(s_quiet);
        _timeline.Add(report.Count(BreachKind.Untold) == 0 ? "all is accounted for" : "not all is accounted for");
        return [.. report.Breaches.Where(breach => breach.Kind == BreachKind.Untold).Select(breach => breach with { Description = $"before the markers: {breach.Description}" })];
    }

    // Markers until every subscriber has one of every node, then until all is accounted for.
    private async Task<IReadOnlyList<Breach>> SettleAsync(long healedAt)
    {
        IReadOnlyList<Breach> unsettled;
        var living = _cluster.Living.ToArray();
        var start = Clock.Now;
        do
        {
            foreach (var node in living)
            {
                foreach (var channel in Channels.All) await node.PublishAsync(channel, 1);
            }

            await Task.Delay(s_markerInterval);
            unsettled = _journal.Unsettled([.. living.Select(node => node.Id)], healedAt);
        }
        while (unsettled.Count > 0 && Clock.Seconds(start, Clock.Now) < s_settling.TotalSeconds);

        _timeline.Add(unsettled.Count == 0 ? "every subscriber has received a marker of every node" : "not every subscriber has received a marker of every node");
        await AccountAsync(s_aftermath);
        await Task.Delay(s_aftermath);
        _timeline.Add("the run has ended");
        return unsettled;
    }

    // Waits until no message is untold, and not for ever.
    private async Task<AuditReport> AccountAsync(TimeSpan time)
    {
        var start = Clock.Now;
        while (true)
        {
            var report = _journal.Audit(_timeline.Start);
            if (report.Count(BreachKind.Untold) == 0 || Clock.Seconds(start, Clock.Now) > time.TotalSeconds) return report;
            await Task.Delay(s_look);
        }
    }

    private static async Task<Turn> TakeTurnAsync(SemaphoreSlim turns)
    {
        await turns.WaitAsync();
        return new(turns);
    }

    private async Task UntilAsync(TimeSpan at)
    {
        var left = at - TimeSpan.FromSeconds(Clock.Seconds(_start, Clock.Now));
        if (left > TimeSpan.Zero) await Task.Delay(left);
    }

    private sealed record Turn(SemaphoreSlim Turns) : IDisposable
    {
        public void Dispose() => Turns.Release();
    }
}
