namespace Peers.Partitions;

/// <summary>What the checker did in a run, and when. Safe from any thread.</summary>
internal sealed class Timeline
{
    // Guarded by itself; the object is never exposed.
    private readonly List<string> _lines = [];

    /// <summary>What times count from.</summary>
    public long Start { get; } = Clock.Now;

    /// <summary>All of it.</summary>
    public IReadOnlyList<string> Lines
    {
        get { lock (_lines) return [.. _lines]; }
    }

    public void Add(string line)
    {
        lock (_lines) _lines.Add($"{Clock.Seconds(Start, Clock.Now):0.000} {line}");
    }
}
