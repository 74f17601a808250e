using Peers.Transports;

namespace Peers.Channels;

/// <summary>What came from other nodes and waits to be handed to this node's subscribers, within bounds. One thread at a time hands it on, in order.</summary>
internal sealed class IncomingQueue(ChannelRegistry channels, int maxBytes, Action<Incoming> takeControl) : IThreadPoolWorkItem
{
    // Guarded by _lock.
    private readonly Lock _lock = new();
    private List<Incoming> _filling = [];
    private List<Incoming> _taken = [];
    private long _waiting;
    private bool _isPumped;

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
        while (TryTake())
        {
            // What one batch causes leaves in one flush a peer.
            using var turn = Turn.Enter();
            foreach (var incoming in _taken)
            {
                Hand(turn, incoming);
                turn.Relieve();
            }
        }
    }

    // News and answers are few, and dear where they are lost: they have as much again. Of gaps each channel adds one.
    private long LimitOf(in Incoming incoming) => incoming switch
    {
        { Frame: not null } or { Control: [(byte)ControlKind.Question, ..] } => maxBytes,
        { Control: not null } => 2L * maxBytes,
        _ => long.MaxValue,
    };

    private bool TryTake()
    {
        lock (_lock)
        {
            foreach (var incoming in _taken) _waiting -= incoming.Cost;
            _taken.Clear();
            (_taken, _filling) = (_filling, _taken);
            return _isPumped = _taken.Count > 0;
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
