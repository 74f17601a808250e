namespace Peers.Channels;

/// <summary>What is known of another node.</summary>
internal enum NodeState
{
    /// <summary>It is heard.</summary>
    Present,
    /// <summary>
    /// It was silent for <see cref="BackplaneOptions.NodeTimeout"/>. Its numbers are kept for
    /// <see cref="BackplaneOptions.NodeMemory"/>.
    /// </summary>
    Lost,
    /// <summary>It said goodbye. What it sent before may arrive a while longer.</summary>
    Left,
}

/// <summary>What became of a node that was heard.</summary>
internal enum Hearing
{
    /// <summary>It was present before.</summary>
    Known,
    /// <summary>It was unknown.</summary>
    Joined,
    /// <summary>It was lost.</summary>
    Returned,
    /// <summary>It has left: the goodbye overtook what is heard now.</summary>
    Ignored,
    /// <summary>It is one node more than <see cref="ClusterMembership.MaxPresent"/>.</summary>
    Refused,
}

/// <summary>The other nodes: those that are present, and for a while those that were lost or left. Safe from any thread.</summary>
/// <remarks>
/// unknown → present → lost → present; present or lost → left. The number of a node is never used again, so a node that left does
/// not come back.
/// </remarks>
internal sealed class ClusterMembership(BackplaneOptions options, TimeProvider time)
{
    /// <summary>How many nodes that left are remembered at most.</summary>
    public const int MaxLeft = 1024;

    /// <summary>How many other nodes are present at most; what further ones say is ignored.</summary>
    public const int MaxPresent = 1024;

    private readonly Lock _lock = new();

    // When each node was heard last, or left, in ticks of the clock.
    private readonly Dictionary<uint, long> _present = [];
    private readonly Dictionary<uint, long> _lost = [];
    private readonly Dictionary<uint, long> _left = [];

    // Nodes of which this one knows only by others: when they were heard there, and since when they are expected here.
    private readonly Dictionary<uint, (long HeardAt, long Since)> _expected = [];

    /// <summary>The nodes that are present.</summary>
    public uint[] Present
    {
        get { lock (_lock) return [.. _present.Keys]; }
    }

    /// <summary>The nodes that were lost, and when each was heard last.</summary>
    public (uint Node, long HeardAt)[] Lost
    {
        get { lock (_lock) return [.. _lost.Select(static entry => (entry.Key, entry.Value))]; }
    }

    /// <summary>The nodes that are present or were lost, and when each was heard last.</summary>
    public (uint Node, long HeardAt)[] All
    {
        get { lock (_lock) return [.. _present.Concat(_lost).Select(static entry => (entry.Key, entry.Value))]; }
    }

    /// <summary>Whether a node is present, and when it was heard last.</summary>
    public bool IsPresent(uint node, out long heardAt)
    {
        lock (_lock) return _present.TryGetValue(node, out heardAt);
    }

    /// <summary>Whether a heartbeat of a node was heard, here or by another node.</summary>
    public bool IsKnown(uint node)
    {
        lock (_lock) return _present.ContainsKey(node) || _lost.ContainsKey(node) || _left.ContainsKey(node) || _expected.ContainsKey(node);
    }

    /// <summary>How many nodes are known in one way or another.</summary>
    public int Count
    {
        get { lock (_lock) return _present.Count + _lost.Count + _left.Count + _expected.Count; }
    }

    /// <summary>A node was heard: its message is handled now.</summary>
    /// <param name="node">The node.</param>
    /// <param name="heardBefore">When it was heard before, in ticks of the clock; 0 where it was unknown.</param>
    public Hearing RecordHeartbeat(uint node, out long heardBefore)
    {
        lock (_lock)
        {
            heardBefore = 0;
            if (_left.ContainsKey(node)) return Hearing.Ignored;
            var isKnown = _present.TryGetValue(node, out heardBefore);
            if (!isKnown && _present.Count >= MaxPresent) return Hearing.Refused;
            _expected.Remove(node);
            _present[node] = time.GetTimestamp();
            if (isKnown) return Hearing.Known;
            return _lost.Remove(node, out heardBefore) ? Hearing.Returned : Hearing.Joined;
        }
    }

    /// <summary>A message of a node arrived and waits to be handled: the node is not silent.</summary>
    public void RecordArrival(uint node)
    {
        lock (_lock)
        {
            if (_present.ContainsKey(node)) _present[node] = time.GetTimestamp();
        }
    }

    /// <summary>A node said goodbye.</summary>
    /// <param name="node">The node.</param>
    /// <param name="wasPresent">Whether it was present.</param>
    /// <returns>Whether that is remembered until <see cref="TakeLeft"/> returns it; false where too many are.</returns>
    public bool Leave(uint node, out bool wasPresent)
    {
        lock (_lock)
        {
            wasPresent = _present.Remove(node);
            _lost.Remove(node);
            _expected.Remove(node);
            return _left.ContainsKey(node) || (_left.Count < MaxLeft && _left.TryAdd(node, time.GetTimestamp()));
        }
    }

    /// <summary>Counts the nodes as lost that were silent for <see cref="BackplaneOptions.NodeTimeout"/>.</summary>
    /// <returns>These nodes, and when each was heard last.</returns>
    public (uint Node, long HeardAt)[] LoseSilent()
    {
        lock (_lock)
        {
            var silent = TakeOlder(_present, options.NodeTimeout);
            foreach (var (node, heardAt) in silent) _lost[node] = heardAt;
            return silent;
        }
    }

    /// <summary>Another node has heard a node, at a time in ticks of the clock. Where this one does not hear it, it counts as lost.</summary>
    /// <remarks>Of more than <see cref="BackplaneOptions.MaxLostNodes"/> no more are noted.</remarks>
    public void Expect(uint node, long heardAt)
    {
        lock (_lock)
        {
            var isKnown = _present.ContainsKey(node) || _lost.ContainsKey(node) || _left.ContainsKey(node);
            if (!isKnown && _expected.Count < options.MaxLostNodes) _expected.TryAdd(node, (heardAt, time.GetTimestamp()));
        }
    }

    /// <summary>Counts the expected nodes as lost that were not heard for <see cref="BackplaneOptions.NodeTimeout"/>.</summary>
    /// <returns>These nodes, and when each was heard last by another.</returns>
    public (uint Node, long HeardAt)[] LoseExpected()
    {
        lock (_lock)
        {
            if (_expected.Count == 0) return [];
            var now = time.GetTimestamp();
            (uint Node, long HeardAt)[] silent = [.. _expected.Where(entry => time.GetElapsedTime(entry.Value.Since, now) > options.NodeTimeout).Select(static entry => (entry.Key, entry.Value.HeardAt))];
            foreach (var (node, heardAt) in silent)
            {
                _expected.Remove(node);
                _lost[node] = heardAt;
            }

            return silent;
        }
    }

    /// <summary>
    /// Forgets the nodes that were lost <see cref="BackplaneOptions.NodeMemory"/> ago, and the oldest beyond
    /// <see cref="BackplaneOptions.MaxLostNodes"/>.
    /// </summary>
    public uint[] TakeExpired()
    {
        lock (_lock)
        {
            if (_lost.Count == 0) return [];
            List<uint> expired = [.. TakeOlder(_lost, options.NodeMemory).Select(static entry => entry.Node)];
            foreach (var (node, _) in _lost.OrderBy(static entry => entry.Value).Take(_lost.Count - options.MaxLostNodes).ToArray())
            {
                _lost.Remove(node);
                expired.Add(node);
            }

            return [.. expired];
        }
    }

    /// <summary>Forgets the nodes that left so long ago that nothing of them is on its way any more.</summary>
    public uint[] TakeLeft()
    {
        lock (_lock) return [.. TakeOlder(_left, options.NodeTimeout).Select(static entry => entry.Node)];
    }

    private (uint Node, long At)[] TakeOlder(Dictionary<uint, long> nodes, TimeSpan age)
    {
        if (nodes.Count == 0) return [];
        var now = time.GetTimestamp();
        List<(uint Node, long At)> older = [];
        foreach (var (node, at) in nodes)
        {
            if (time.GetElapsedTime(at, now) > age) older.Add((node, at));
        }

        foreach (var (node, _) in older) nodes.Remove(node);
        return [.. older];
    }
}
