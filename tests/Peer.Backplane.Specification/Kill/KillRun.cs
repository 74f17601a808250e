using System.Diagnostics;

namespace Peers.Tests.Kit;

/// <summary>
/// Three nodes, peers on each and traffic between all; the broker is killed and started again, and then a node is killed. Every message between the nodes that live
/// has to arrive once or to lie in a gap of known numbers, and none may arrive twice.
/// </summary>
public sealed class KillRun
{
    private const int Channels = 10;

    private readonly IBroker _broker;
    private readonly TimeSpan _duration;
    private readonly int _peersOfNode;
    private readonly TimeSpan _tick;

    /// <summary>Sets the run up.</summary>
    /// <param name="broker">What is killed.</param>
    /// <param name="duration">How long messages are published.</param>
    /// <param name="peers">How many peers, over the three nodes.</param>
    /// <param name="perSecond">How many messages each node publishes.</param>
    public KillRun(IBroker broker, TimeSpan duration, int peers = 300, int perSecond = 200) =>
        (_broker, _duration, _peersOfNode, _tick) = (broker, duration, peers / 3, TimeSpan.FromSeconds(Channels / (double)perSecond));

    /// <summary>Runs it.</summary>
    public async Task<KillReport> RunAsync()
    {
        await using var cluster = await Cluster.StartAsync(_broker, 3, options => options.NodeTimeout = TimeSpan.FromSeconds(4));
        var accounts = new List<(Node Node, int Channel, KillAccount Account)>();
        foreach (var node in cluster.Nodes)
        {
            for (var i = 0; i < _peersOfNode; i++) accounts.Add((node, i % Channels, new(await node.JoinAsync(NameOf(i % Channels)))));
        }

        var ends = Enumerable.Range(0, Channels).Select(_ => new TaskCompletionSource<IReadOnlyDictionary<uint, long>>(TaskCreationOptions.RunContinuationsAsynchronously)).ToArray();
        var living = accounts.Where(account => account.Node != cluster.C).ToArray();
        var reading = living.Select(account => account.Account.RunAsync(ends[account.Channel].Task)).ToArray();

        var killing = KillAsync(cluster.C);
        var published = await Task.WhenAll(cluster.Nodes.Select(PublishAsync));
        await killing;

        for (var channel = 0; channel < Channels; channel++)
        {
            ends[channel].SetResult(new Dictionary<uint, long> { [cluster.A.Host.Node] = published[0][channel], [cluster.B.Host.Node] = published[1][channel] });
            // Wakes those who have everything already.
            cluster.A.Host.Publish(NameOf(channel), new Gap("", "", null, null, null));
            cluster.B.Host.Publish(NameOf(channel), new Gap("", "", null, null, null));
        }

        await Task.WhenAny(Task.WhenAll(reading), Task.Delay(Patience.Time));
        return Report(living.Select(account => (account.Account, ends[account.Channel].Task.Result)), reading);
    }

    private async Task<long[]> PublishAsync(Node node)
    {
        var numbers = new long[Channels];
        var message = new byte[KillAccount.MessageLength];
        var watch = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(_tick);
        while (watch.Elapsed < _duration && await timer.WaitForNextTickAsync())
        {
            for (var channel = 0; channel < Channels; channel++)
            {
                KillAccount.Write(message, node.Host.Node, ++numbers[channel]);
                node.Host.PublishBinary(NameOf(channel), message);
            }
        }

        return numbers;
    }

    private async Task KillAsync(Node node)
    {
        await Task.Delay(_duration / 4);
        await _broker.KillAsync();
        await Task.Delay(TimeSpan.FromSeconds(1));
        await _broker.RestartAsync();
        await Task.Delay(_duration / 3);
        node.Leash.Kill();
    }

    private static KillReport Report(IEnumerable<(KillAccount Account, IReadOnlyDictionary<uint, long> Published)> accounts, Task[] reading)
    {
        var all = accounts.ToArray();
        return new(
            all.Sum(one => one.Account.Messages),
            all.Sum(one => one.Account.Missed),
            all.Sum(one => one.Account.Gaps),
            all.Sum(one => one.Account.Repeated),
            reading.All(task => task.IsCompletedSuccessfully) ? [] : [.. all.Select(one => one.Account.FirstMissing(one.Published)).OfType<string>().Take(5)]);
    }

    private static string NameOf(int channel) => $"room/{channel}";
}

/// <summary>What became of the messages of a run.</summary>
/// <param name="Delivered">Messages that came.</param>
/// <param name="InGaps">Messages that did not come and lie in a gap.</param>
/// <param name="Gaps">Gaps that peers were told of.</param>
/// <param name="Repeated">Messages that came twice.</param>
/// <param name="Unaccounted">Some that neither came nor lie in a gap.</param>
public sealed record KillReport(long Delivered, long InGaps, long Gaps, long Repeated, IReadOnlyList<string> Unaccounted);
