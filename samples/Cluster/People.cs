namespace Cluster;

/// <summary>What this node is called.</summary>
public sealed record Node(string Name);

/// <summary>Who is connected to this node.</summary>
public sealed class People(Node node)
{
    private readonly Lock _lock = new();

    // Guarded by _lock. Names may occur more than once.
    private readonly List<string> _names = [];

    /// <summary>Adds one, and returns who is here now.</summary>
    public Here Enter(string name)
    {
        lock (_lock)
        {
            _names.Add(name);
            return new(node.Name, [.. _names]);
        }
    }

    /// <summary>Removes one, and returns who is here now.</summary>
    public Here Leave(string name)
    {
        lock (_lock)
        {
            _names.Remove(name);
            return new(node.Name, [.. _names]);
        }
    }

    /// <summary>Who is here now.</summary>
    public Here Now()
    {
        lock (_lock) return new(node.Name, [.. _names]);
    }
}
