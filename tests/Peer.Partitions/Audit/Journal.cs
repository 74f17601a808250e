namespace Peers.Partitions;

/// <summary>
/// All that the checker has seen: what nodes accepted, what subscribers received, which gaps they were told of. It knows nothing of how a node works. Safe from any thread.
/// </summary>
public sealed class Journal
{
    private readonly Lock _lock = new();

    // Guarded by _lock.
    private readonly List<Subscriber> _subscribers = [];
    private readonly Dictionary<(uint Node, string Channel), Publications> _publications = [];
    private readonly Dictionary<(uint Node, string Channel), List<(long At, bool Stands)>> _subscriptions = [];

    /// <summary>A subscriber connects to a node and asks to join channels.</summary>
    public Subscriber Connected(string name, uint node, IReadOnlyCollection<string> channels)
    {
        var subscriber = new Subscriber(name, node, channels);
        lock (_lock) _subscribers.Add(subscriber);
        return subscriber;
    }

    /// <summary>Its node has subscribed it to a channel.</summary>
    public void Joined(Subscriber subscriber, string channel, long at)
    {
        lock (_lock) subscriber.JoinedAt[channel] = at;
    }

    /// <summary>It received a message.</summary>
    public void Received(Subscriber subscriber, uint node, string channel, long number, long at)
    {
        lock (_lock)
        {
            // A message may overtake the confirmation that the channel was joined.
            var isExpected = subscriber.AskedFor.Contains(channel) && _publications.TryGetValue((node, channel), out var publications) && number <= publications.Requested;
            if (!isExpected) Add(subscriber, BreachKind.Foreign, node, channel, $"received number {number}, which was not published to it");
            if (!subscriber.Streams.TryGetValue((node, channel), out var stream)) subscriber.Streams[(node, channel)] = stream = new() { FirstAt = at };
            if (!stream.Numbers.TryAdd(number, at)) Add(subscriber, BreachKind.Duplicate, node, channel, $"received number {number} again");
            else if (number < stream.Highest) Add(subscriber, BreachKind.Disordered, node, channel, $"received number {number} after {stream.Highest}");
            stream.Highest = Math.Max(stream.Highest, number);
        }
    }

    /// <summary>It was told of a gap.</summary>
    public void Told(Subscriber subscriber, Gap gap)
    {
        lock (_lock) subscriber.Gaps.Add(gap);
    }

    /// <summary>Its connection ended, as the checker wanted it.</summary>
    public void Left(Subscriber subscriber, long at)
    {
        lock (_lock) subscriber.EndedAt ??= at;
    }

    /// <summary>Its connection ended for no reason that the checker knows.</summary>
    public void Closed(Subscriber subscriber, string reason, long at)
    {
        lock (_lock)
        {
            if (subscriber.EndedAt is not null) return;
            subscriber.EndedAt = at;
            subscriber.Breaches.Add(new(BreachKind.Closed, 1, $"{subscriber.Name}: the connection ended: {reason}"));
        }
    }

    /// <summary>A node is about to be asked to publish.</summary>
    public void Requested(uint node, string channel, int count)
    {
        lock (_lock)
        {
            if (!_publications.TryGetValue((node, channel), out var publications)) _publications[(node, channel)] = publications = new(node, channel);
            publications.Requested += count;
        }
    }

    /// <summary>A node confirmed that it accepted messages.</summary>
    /// <param name="node">The node.</param>
    /// <param name="channel">The channel.</param>
    /// <param name="first">The first number.</param>
    /// <param name="last">The last number.</param>
    /// <param name="at">A time just before it accepted them.</param>
    public void Accepted(uint node, string channel, long first, long last, long at)
    {
        lock (_lock) _publications[(node, channel)].Accepted.Add(new(at, first, last));
    }

    /// <summary>A node's subscription on the broker began to stand, or is about to be given up.</summary>
    public void SubscriptionChanged(uint node, string channel, bool stands, long at)
    {
        lock (_lock)
        {
            if (!_subscriptions.TryGetValue((node, channel), out var changes)) _subscriptions[(node, channel)] = changes = [];
            changes.Add((at, stands));
        }
    }

    /// <summary>Where subscribers that are still connected have received nothing of living nodes since a point in time: empty when all is settled.</summary>
    public IReadOnlyList<Breach> Unsettled(IReadOnlyCollection<uint> living, long since)
    {
        lock (_lock)
        {
            return
            [
                .. from subscriber in _subscribers
                   where subscriber.EndedAt is null
                   from channel in subscriber.JoinedAt.Keys
                   from node in living
                   where !HasReceivedSince(subscriber, node, channel, since)
                   select new Breach(BreachKind.Unsettled, 1, $"{subscriber.Name} in '{channel}': received nothing of node {node:x8} after the faults had ended"),
            ];
        }
    }

    /// <summary>Judges what was seen up to now.</summary>
    /// <param name="start">What times in descriptions count from.</param>
    public AuditReport Audit(long start)
    {
        lock (_lock) return new Auditor(_publications.Values, _subscriptions, start).Run(_subscribers);
    }

    private bool HasReceivedSince(Subscriber subscriber, uint node, string channel, long since)
    {
        if (!_publications.TryGetValue((node, channel), out var publications)) return true;
        if (!subscriber.Streams.TryGetValue((node, channel), out var stream)) return false;
        return publications.Accepted.Exists(accepted => accepted.At >= since && accepted.First <= stream.Highest);
    }

    private static void Add(Subscriber subscriber, BreachKind kind, uint node, string channel, string what) =>
        subscriber.Breaches.Add(new(kind, 1, $"{subscriber.Name} in '{channel}' of node {node:x8}: {what}"));
}
