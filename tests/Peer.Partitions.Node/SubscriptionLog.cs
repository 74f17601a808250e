using System.Diagnostics;

namespace Peers.Partitions.Node;

/// <summary>When this node's subscriptions on the broker began and ended. The checker's client follows it. Safe from any thread.</summary>
public sealed class SubscriptionLog
{
    private readonly Lock _lock = new();

    // Guarded by _lock.
    private readonly List<string> _lines = [];
    private Peer? _follower;

    /// <summary>Adds a change, and sends it to the follower.</summary>
    public void Add(string change, string channel)
    {
        lock (_lock)
        {
            var line = $"{change} {Stopwatch.GetTimestamp()} {channel}";
            _lines.Add(line);
            _follower?.Send(line);
        }
    }

    /// <summary>Sends a peer all changes, those to come too.</summary>
    public void Follow(Peer peer)
    {
        lock (_lock)
        {
            _follower = peer;
            foreach (var line in _lines) peer.Send(line);
        }
    }
}
