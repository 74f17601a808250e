namespace Peers;

/// <summary>The gaps that wait for one peer's hook, the oldest first. Safe from any thread.</summary>
/// <remarks>
/// Gaps of a channel and node that overlap or touch become one. Others stay apart, because the numbers between them arrived: an
/// exact gap never names those. Beyond a few ranges a node has in
/// one channel, the newest becomes a gap of unknown extent.
/// </remarks>
internal sealed class GapSet
{
    /// <summary>How many gaps of one node in one channel wait apart.</summary>
    public const int MaxRanges = 8;

    private readonly Lock _lock = new();
    private readonly List<ChannelGap> _waiting = [];

    /// <summary>Keeps a gap, joined with one that waits where they belong together.</summary>
    /// <returns>Whether one more waits: <see cref="Take"/> is due once more.</returns>
    public bool Add(in ChannelGap gap)
    {
        lock (_lock)
        {
            if (TryJoin(gap, out var ranges, out var newest)) return false;
            if (ranges < MaxRanges)
            {
                _waiting.Add(gap);
                return true;
            }

            _waiting[newest] = _waiting[newest].Blur(gap);
            return false;
        }
    }

    /// <summary>Takes the oldest. There is one for each time that <see cref="Add"/> returned true.</summary>
    public ChannelGap Take()
    {
        lock (_lock)
        {
            var gap = _waiting[0];
            _waiting.RemoveAt(0);
            return gap;
        }
    }

    private bool TryJoin(in ChannelGap gap, out int ranges, out int newest)
    {
        (ranges, newest) = (0, -1);
        for (var i = 0; i < _waiting.Count; i++)
        {
            if (_waiting[i].Channel != gap.Channel || _waiting[i].Node != gap.Node) continue;
            if (_waiting[i].TryJoin(gap, out var joined))
            {
                _waiting[i] = joined;
                return true;
            }

            (ranges, newest) = (ranges + 1, i);
        }

        return false;
    }
}
