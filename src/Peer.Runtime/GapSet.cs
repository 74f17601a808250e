namespace Peers;

/// <summary>The gaps that wait for one peer's hook: one for each channel and node, however many were found meanwhile. Safe from any thread.</summary>
internal sealed class GapSet
{
    private readonly Lock _lock = new();
    private readonly List<ChannelGap> _waiting = [];

    /// <summary>Keeps a gap, joined with one that waits where they belong together.</summary>
    /// <returns>Whether one more waits.</returns>
    public bool Add(in ChannelGap gap)
    {
        lock (_lock)
        {
            for (var i = 0; i < _waiting.Count; i++)
            {
                if (_waiting[i].Channel != gap.Channel || _waiting[i].Node != gap.Node) continue;
                _waiting[i] = Join(_waiting[i], gap);
                return false;
            }

            _waiting.Add(gap);
            return true;
        }
    }

    /// <summary>Takes the oldest. There is one for each time that <see cref="Add"/> said so.</summary>
    public ChannelGap Take()
    {
        lock (_lock)
        {
            var gap = _waiting[0];
            _waiting.RemoveAt(0);
            return gap;
        }
    }

    // What lies between two gaps has come: nobody is told less than is missing, and little is asked for twice.
    private static ChannelGap Join(in ChannelGap first, in ChannelGap second)
    {
        if (first.TryJoin(second, out var joined)) return joined;
        if (!first.IsExact || !second.IsExact) return first with { First = Least(first.First, second.First), Last = null };
        return first with { First = Least(first.First, second.First), Last = Math.Max(first.Last!.Value, second.Last!.Value) };
    }

    private static long? Least(long? one, long? other) => one is { } a && other is { } b ? Math.Min(a, b) : null;
}
