using Peers.Transports;

namespace Peers.Channels;

/// <summary>What came from other nodes and waits to be handed to this node's subscribers, within bounds. One thread at a time hands it on, in order.</summary>
/// <remarks>
/// After a pause of this process much may wait at once. It is handed on in slices: after each, what it caused is flushed and the thread does other work, so that
/// subscribers can take it and peers are served meanwhile. No slice waits for a subscriber.
/// </remarks>
internal sealed class IncomingQueue(ChannelRegistry channels, int maxBytes, TimeProvider time, Action<Incoming> takeControl) : IThreadPoolWorkItem
{
    private const int SliceBytes = 64 * 1024;

    // Guarded by _lock.
    private readonly Lock _lock = new();
    private List<Incoming> _filling = [];
    private long _waiting;
    private bool _isPumped;

    // Touched by the thread that hands on.
    private List<Incoming> _taken = [];
    private int _next;

    /// <summary>How many bytes wait.</summary>
    public long Waiting => Volatile.Read(ref _waiting);

    /// <summary>Keeps it until its turn, with the reference to its frame.</summary>
    /// <returns>False where it does not fit; the frame is still the caller's.</returns>
    public bool TryAdd(in Incoming incoming)
    {
        lock (_lock)
        {
            if (_waiting + incoming.Cost > LimitOf(incoming)) return false;
            _waiting += incoming.Cost;
            _filling.Add(incoming);
            if (_isPumped) return true;
            _isPumped = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        return true;
    }

    void IThreadPoolWorkItem.Execute()
    {
        if (HasMore(HandSlice())) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    // What one slice causes leaves in one flush a peer, at the end of the turn.
    private long HandSlice()
    {
        using var turn = Turn.Enter();
        if (_next == _taken.Count) TakeFilled();
        var budget = new PassBudget(time);
        var bytes = 0L;
        do
        {
            var incoming = _taken[_next];
            _taken[_next++] = default;
            Hand(turn, incoming);
            turn.Relieve();
            bytes += incoming.Cost;
        }
        while (_next < _taken.Count && bytes < SliceBytes && !budget.Spend());

        return bytes;
    }

    // News and answers are few, and dear where they are lost: they have as much again. Of gaps each channel adds one.
    private long LimitOf(in Incoming incoming) => incoming switch
    {
        { Frame: not null } or { Control: [(byte)ControlKind.Question, ..] } => maxBytes,
        { Control: not null } => 2L * maxBytes,
        _ => long.MaxValue,
    };

    private void TakeFilled()
    {
        _taken.Clear();
        _next = 0;
        lock (_lock) (_taken, _filling) = (_filling, _taken);
    }

    private bool HasMore(long handed)
    {
        lock (_lock)
        {
            _waiting -= handed;
            return _isPumped = _next < _taken.Count || _filling.Count > 0;
        }
    }

    private void Hand(Turn turn, in Incoming incoming)
    {
        if (incoming.Frame is { } frame)
        {
            try
            {
                channels.Publish(turn, frame.Channel, frame.Bytes[..^frame.Payload.Length], frame.Payload, except: null, frame.Compress, frame.TypeAt(0));
            }
            finally
            {
                frame.Release();
            }
        }
        else if (incoming.Control is not null)
        {
            takeControl(incoming);
        }
        else
        {
            foreach (var gap in incoming.Interest.TakeGaps()) channels.Tell(gap);
        }
    }
}

/// <summary>A message for subscribers, or from node to node, or the news that gaps wait.</summary>
internal readonly record struct Incoming(Interest Interest, SharedFrame? Frame = null, byte[]? Control = null, uint Node = 0, bool IsFirst = false)
{
    /// <summary>What it counts for, fixed at once: a frame that was handed on is used again.</summary>
    public int Cost { get; } = SharedFrame.Overhead + (Frame?.Length ?? Control?.Length ?? 0);
}
