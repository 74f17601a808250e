using Peers.Transports;

namespace Peers.Observability;

/// <summary>What a turn received and sent, by handler and type: added up while locks may be held, recorded at its end. Of one thread.</summary>
internal sealed class MessageTally : ITurnTally
{
    // A turn deals with few types at a time. What is farther back than this is counted apart, which changes no sum.
    private const int Looked = 8;

    private Entry[] _entries = new Entry[Looked];
    private int _count;

    public bool IsEmpty => _count == 0;

    /// <summary>The tally of this thread's turn.</summary>
    public static MessageTally Of(Turn turn)
    {
        if (turn.Tally is MessageTally tally) return tally;
        turn.Tally = tally = new();
        return tally;
    }

    public void Received(HandlerMetrics metrics, string type, int bytes) => Add(metrics, type, isSent: false, count: 1, bytes);

    public void Sent(HandlerMetrics metrics, string type, int count, int bytes) => Add(metrics, type, isSent: true, count, bytes);

    // Listeners are foreign code, which may send: what they add is recorded with the rest.
    public void Record()
    {
        while (_count > 0)
        {
            var entry = _entries[--_count];
            _entries[_count] = default;
            if (entry.IsSent) entry.Metrics.MessagesSent(entry.Type, entry.Count, entry.Bytes);
            else entry.Metrics.MessagesReceived(entry.Type, entry.Count, entry.Bytes);
        }
    }

    private void Add(HandlerMetrics metrics, string type, bool isSent, int count, int bytes)
    {
        for (var i = _count - 1; i >= Math.Max(0, _count - Looked); i--)
        {
            ref var entry = ref _entries[i];
            if (!ReferenceEquals(entry.Metrics, metrics) || !ReferenceEquals(entry.Type, type) || entry.IsSent != isSent) continue;
            entry.Count += count;
            entry.Bytes += bytes;
            return;
        }

        if (_count == _entries.Length) Array.Resize(ref _entries, _count * 2);
        _entries[_count++] = new() { Metrics = metrics, Type = type, IsSent = isSent, Count = count, Bytes = bytes };
    }

    private struct Entry
    {
        public required HandlerMetrics Metrics;
        public required string Type;
        public required bool IsSent;
        public required int Count;
        public required long Bytes;
    }
}
