namespace Peers.Channels;

/// <summary>The other nodes that are there, by what is heard of them, and those that left. Safe from any thread.</summary>
internal sealed class NodeBook(TimeProvider time)
{
    /// <summary>So many that left are remembered at most.</summary>
    public const int MostLeft = 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<uint, long> _heard = [];

    // No number is used again: what still comes of these was overtaken by their goodbye.
    private readonly Dictionary<uint, long> _left = [];

    /// <summary>The nodes that are there.</summary>
    public uint[] Nodes
    {
        get { lock (_lock) return [.. _heard.Keys]; }
    }

    /// <summary>A node was heard.</summary>
    /// <returns>Whether it is new, and not one that has left.</returns>
    public bool Hear(uint node)
    {
        lock (_lock)
        {
            if (_left.ContainsKey(node)) return false;
            var isNew = !_heard.ContainsKey(node);
            _heard[node] = time.GetTimestamp();
            return isNew;
        }
    }

    /// <summary>A node said that it leaves.</summary>
    /// <param name="node">The node.</param>
    /// <param name="wasThere">Whether it was there.</param>
    /// <returns>Whether that is remembered until <see cref="TakeForgotten"/>; false where it is one too many.</returns>
    public bool Leave(uint node, out bool wasThere)
    {
        lock (_lock)
        {
            wasThere = _heard.Remove(node);
            return _left.ContainsKey(node) || (_left.Count < MostLeft && _left.TryAdd(node, time.GetTimestamp()));
        }
    }

    /// <summary>Removes the nodes that have been silent for too long.</summary>
    public uint[] RemoveSilent(TimeSpan timeout)
    {
        lock (_lock) return TakeOlder(_heard, timeout);
    }

    /// <summary>Forgets the nodes that left so long ago that nothing of them is on its way any more.</summary>
    public uint[] TakeForgotten(TimeSpan timeout)
    {
        lock (_lock) return TakeOlder(_left, timeout);
    }

    private uint[] TakeOlder(Dictionary<uint, long> nodes, TimeSpan timeout)
    {
        if (nodes.Count == 0) return [];
        var now = time.GetTimestamp();
        List<uint> older = [];
        foreach (var (node, at) in nodes)
        {
            if (time.GetElapsedTime(at, now) > timeout) older.Add(node);
        }

        foreach (var node in older) nodes.Remove(node);
        return [.. older];
    }
}
