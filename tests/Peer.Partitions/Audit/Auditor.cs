namespace Peers.Partitions;

/// <summary>Holds what subscribers received against what was published, under the journal's lock.</summary>
internal sealed class Auditor(
    IReadOnlyCollection<Publications> publications,
    IReadOnlyDictionary<(uint Node, string Channel), List<(long At, bool Stands)>> subscriptions,
    long start)
{
    // A node that unsubscribes so shortly after a join had decided to before it.
    private static readonly long s_joinRace = Clock.Ticks(TimeSpan.FromSeconds(1));

    // How long before its end a subscriber has received a later message where a hole before it has to be told.
    private static readonly long s_tellingTime = Clock.Ticks(TimeSpan.FromSeconds(2));

    private readonly List<Breach> _breaches = [];
    private long _inGaps;

    public AuditReport Run(IReadOnlyList<Subscriber> subscribers)
    {
        foreach (var subscriber in subscribers)
        {
            _breaches.AddRange(subscriber.Breaches);
            CheckGaps(subscriber);
            foreach (var published in publications) CheckMessages(subscriber, published);
        }

        return new(
            subscribers.Sum(subscriber => subscriber.Streams.Values.Sum(stream => (long)stream.Numbers.Count)),
            _inGaps,
            subscribers.Sum(subscriber => (long)subscriber.Gaps.Count),
            subscribers.Sum(subscriber => (long)subscriber.Gaps.Count(gap => gap.IsExact)),
            [.. _breaches]);
    }

    // An exact gap names no number that was received, before or after, and none that was never given.
    private void CheckGaps(Subscriber subscriber)
    {
        foreach (var gap in subscriber.Gaps.Where(gap => gap.IsExact))
        {
            var (node, first, last) = (gap.Node ?? 0, gap.First ?? 1, gap.Last!.Value);
            var received = subscriber.Streams.TryGetValue((node, gap.Channel), out var stream) ? stream.Numbers.Keys.Where(number => first <= number && number <= last).ToList() : [];
            var requested = publications.FirstOrDefault(published => published.Node == node && published.Channel == gap.Channel)?.Requested ?? 0;
            var unpublished = Math.Max(0, last - Math.Max(requested, first - 1));
            if (received.Count > 0) Add(BreachKind.FalseExact, received.Count, $"were received: {Numbers(received)}");
            if (unpublished > 0) Add(BreachKind.FalseExact, (int)Math.Min(unpublished, int.MaxValue), $"were never published: the last is {requested}");

            void Add(BreachKind kind, int count, string what) =>
                _breaches.Add(new(kind, count, $"{subscriber.Name} in '{gap.Channel}' of node {node:x8}: told at {At(gap.At)} that {first}–{last} are missing ({gap.Cause}), of which {count} {what}"));
        }
    }

    private void CheckMessages(Subscriber subscriber, Publications published)
    {
        if (DueSince(subscriber, published) is not { } since) return;
        var stream = subscriber.Streams.GetValueOrDefault((published.Node, published.Channel));
        var lastDue = subscriber.EndedAt is { } end ? LastReceivedBefore(stream, end - s_tellingTime) : long.MaxValue;
        var gaps = subscriber.Gaps.Where(gap => gap.Channel == published.Channel).ToList();
        List<long> untold = [];
        var (firstAt, lastAt) = (0L, 0L);
        foreach (var accepted in published.Accepted)
        {
            if (accepted.At <= since) continue;
            for (var number = accepted.First; number <= Math.Min(accepted.Last, lastDue); number++)
            {
                if (stream?.Numbers.ContainsKey(number) == true) continue;
                // What a subscriber's own node publishes does not pass the broker, so that no gap accounts for it.
                if (subscriber.Node != published.Node && gaps.Exists(gap => gap.Covers(published.Node, number, accepted.At)))
                {
                    _inGaps++;
                    continue;
                }

                if (untold.Count == 0) firstAt = accepted.At;
                lastAt = accepted.At;
                untold.Add(number);
            }
        }

        if (untold.Count == 0) return;
        _breaches.Add(new(
            BreachKind.Untold,
            untold.Count,
            $"{subscriber.Name} in '{published.Channel}' of node {published.Node:x8}: misses {Numbers(untold)}, accepted from {At(firstAt)} to {At(lastAt)}, due since {At(since)}; "
            + $"received {stream?.Numbers.Count ?? 0}; told of {(gaps.Count == 0 ? "no gap" : string.Join(", ", gaps.Select(Show)))}"));
    }

    // From when on it should receive what a node publishes; null where it is not in the channel.
    private long? DueSince(Subscriber subscriber, Publications published)
    {
        if (!subscriber.JoinedAt.TryGetValue(published.Channel, out var joinedAt)) return null;
        if (subscriber.Node == published.Node) return joinedAt;
        var stands = StandsSince(subscriber.Node, published.Channel, joinedAt);
        var heard = subscriber.Streams.Where(stream => stream.Key.Channel == published.Channel && stream.Key.Node != subscriber.Node).Select(stream => (long?)stream.Value.FirstAt).Min();
        return stands is null || heard < stands ? heard : stands;
    }

    // Since when the broker has had the node's subscription, if not since before the join.
    private long? StandsSince(uint node, string channel, long joinedAt)
    {
        long? since = null;
        foreach (var (at, stands) in subscriptions.GetValueOrDefault((node, channel), []))
        {
            if (stands) since ??= Math.Max(at, joinedAt);
            else if (at <= joinedAt + s_joinRace) since = null;
        }

        return since;
    }

    private static long LastReceivedBefore(ReceivedStream? stream, long time) =>
        stream is null ? 0 : stream.Numbers.Where(received => received.Value <= time).Select(received => received.Key).DefaultIfEmpty().Max();

    private string Show(Gap gap) => $"{gap.Cause} {(gap.Node is { } node ? node.ToString("x8") : "any")} {gap.First?.ToString() ?? "?"}–{gap.Last?.ToString() ?? "?"} at {At(gap.At)}";

    private string At(long time) => Clock.Seconds(start, time).ToString("0.000");

    // 1–4, 7, 9–12
    private static string Numbers(IEnumerable<long> numbers)
    {
        List<(long First, long Last)> ranges = [];
        foreach (var number in numbers.Order())
        {
            if (ranges.Count > 0 && ranges[^1].Last == number - 1) ranges[^1] = (ranges[^1].First, number);
            else ranges.Add((number, number));
        }

        var shown = ranges.Take(8).Select(range => range.First == range.Last ? $"{range.First}" : $"{range.First}–{range.Last}");
        return string.Join(", ", shown) + (ranges.Count > 8 ? ", …" : "");
    }
}
