namespace Peers.Channels;

/// <summary>The other nodes that are there, by what is heard of them. Safe from any thread.</summary>
internal sealed class NodeBook(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<uint, long> _heard = [];

    /// <summary>The nodes that are there.</summary>
    public uint[] Nodes
    {
        get { lock (_lock) return [.. _heard.Keys]; }
    }

    /// <summary>A node was heard.</summary>
    /// <returns>Whether it is new.</returns>
    public bool Hear(uint node)
    {
        lock (_lock)
        {
            var isNew = !_heard.ContainsKey(node);
            _heard[node] = time.GetTimestamp();
            return isNew;
        }
    }

    /// <summary>A node said that it leaves.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Remove(uint node)
    {
        lock (_lock) return _heard.Remove(node);
    }

    /// <summary>Removes the nodes that have been silent for too long.</summary>
    public uint[] RemoveSilent(TimeSpan timeout)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            uint[] silent = [.. _heard.Where(node => time.GetElapsedTime(node.Value, now) > timeout).Select(node => node.Key)];
            foreach (var node in silent) _heard.Remove(node);
            return silent;
        }
    }
}
