namespace Peers.Channels;

/// <summary>A channel that this node hears of other nodes: the state of its subscription, and what came of it.</summary>
internal sealed class Interest(string name, string wireName, BackplaneOptions options, TimeProvider time, PartialBudget partials)
{
    // Beyond so many that wait, gaps of a channel become one of unknown extent.
    private const int MostGaps = 16;

    private readonly List<ChannelGap> _gaps = [];

    public string Name => name;

    public string WireName => wireName;

    /// <summary>Held for a moment only, never while anybody is waited for.</summary>
    public Lock Gate { get; } = new();

    // Guarded by Gate.
    public SequenceTracker Tracker { get; } = new(name, options.MaxIncomingBytes, partials, options, time);

    public bool IsSettling { get; set; }

    public bool IsLingering { get; set; }

    public long LingersUntil { get; set; }

    /// <summary>Whether the backplane rejected the subscription, and the next heartbeat retries it: nothing else does.</summary>
    public bool IsPostponed { get; set; }

    public bool IsRemoved { get; set; }

    /// <summary>Whether the backplane has the subscription. Set under Gate, read anywhere.</summary>
    public bool IsSubscribed
    {
        get => Volatile.Read(ref field);
        set => Volatile.Write(ref field, value);
    }

    /// <summary>Keeps a gap until peers are told. Under Gate.</summary>
    /// <returns>True where it is the first that waits.</returns>
    public bool AddGap(in ChannelGap gap)
    {
        for (var i = 0; i < _gaps.Count; i++)
        {
            if (!_gaps[i].TryJoin(gap, out var joined)) continue;
            _gaps[i] = joined;
            return false;
        }

        if (_gaps.Count == MostGaps)
        {
            _gaps.Clear();
            _gaps.Add(new(name, gap.Cause));
            return false;
        }

        _gaps.Add(gap);
        return _gaps.Count == 1;
    }

    /// <summary>The gaps that wait.</summary>
    public ChannelGap[] TakeGaps()
    {
        lock (Gate)
        {
            ChannelGap[] gaps = [.. _gaps];
            _gaps.Clear();
            return gaps;
        }
    }
}
