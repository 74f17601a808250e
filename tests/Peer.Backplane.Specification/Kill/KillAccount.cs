using System.Buffers.Binary;
using System.Text.Json;

namespace Peers.Tests.Kit;

/// <summary>What one peer got of one channel: which numbers of which node, how often, and which gaps.</summary>
public sealed class KillAccount(PeerTestClient client)
{
    /// <summary>A message of the run: the node's number, and the message's own.</summary>
    public const int MessageLength = sizeof(uint) + sizeof(long);

    private readonly Dictionary<uint, Heard> _nodes = [];

    /// <summary>Messages that came.</summary>
    public long Messages { get; private set; }

    /// <summary>Gaps that were told.</summary>
    public long Gaps { get; private set; }

    /// <summary>Messages that came a second time.</summary>
    public long Repeated { get; private set; }

    /// <summary>Messages that did not come and lie in a gap.</summary>
    public long Missed { get; private set; }

    /// <summary>Reads until all that was published is accounted for.</summary>
    /// <param name="published">Completes when nothing is published any more: the last number of each node whose messages count.</param>
    public async Task RunAsync(Task<IReadOnlyDictionary<uint, long>> published)
    {
        while (!published.IsCompleted || !IsComplete(await published)) Take(await client.ReceiveAsync(Timeout.InfiniteTimeSpan));
        foreach (var (node, last) in await published) Missed += last - Of(node).Count;
    }

    /// <summary>The first number that neither came nor lies in a gap, or null.</summary>
    public string? FirstMissing(IReadOnlyDictionary<uint, long> published)
    {
        foreach (var (node, last) in published)
        {
            if (Of(node).FirstMissing(last) is { } number) return $"{number} of node {node:x8}, after {Messages} messages and {Gaps} gaps of {client}";
        }

        return null;
    }

    /// <summary>Writes a message of the run.</summary>
    public static void Write(Span<byte> message, uint node, long number)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(message, node);
        BinaryPrimitives.WriteInt64LittleEndian(message[sizeof(uint)..], number);
    }

    private bool IsComplete(IReadOnlyDictionary<uint, long> published)
    {
        foreach (var (node, last) in published)
        {
            if (Of(node).FirstMissing(last) is not null) return false;
        }

        return true;
    }

    private void Take(Message message)
    {
        if (message.Kind == MessageKind.Text)
        {
            TakeGap(message);
            return;
        }

        Messages++;
        var bytes = message.Payload.Span;
        if (!Of(BinaryPrimitives.ReadUInt32LittleEndian(bytes)).Take(BinaryPrimitives.ReadInt64LittleEndian(bytes[sizeof(uint)..]))) Repeated++;
    }

    // Only gaps of known numbers account for anything here, which is stricter than it has to be.
    private void TakeGap(Message message)
    {
        using var gap = JsonDocument.Parse(message.Payload);
        if (gap.RootElement.GetProperty("channel").GetString() is "") return;
        Gaps++;
        if (Number("node") is not { } node || Number("first") is not { } first || Number("last") is not { } last) return;
        Of((uint)node).Gaps.Add((first, last));

        long? Number(string name) => gap.RootElement.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : null;
    }

    private Heard Of(uint node)
    {
        if (!_nodes.TryGetValue(node, out var heard)) _nodes[node] = heard = new();
        return heard;
    }

    private sealed class Heard
    {
        private readonly HashSet<long> _early = [];
        private long _whole;

        public List<(long First, long Last)> Gaps { get; } = [];

        /// <summary>How many different numbers came.</summary>
        public long Count { get; private set; }

        public bool Take(long number)
        {
            if (number <= _whole && !IsInGap(number)) return false;
            if (!_early.Add(number)) return false;
            Count++;
            return true;
        }

        public long? FirstMissing(long last)
        {
            while (_whole < last && (_early.Contains(_whole + 1) || IsInGap(_whole + 1))) _whole++;
            return _whole < last ? _whole + 1 : null;
        }

        private bool IsInGap(long number) => Gaps.Exists(gap => gap.First <= number && number <= gap.Last);
    }
}
