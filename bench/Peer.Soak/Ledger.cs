namespace Peers.Soak;

/// <summary>What was done and what went wrong. Safe from any thread.</summary>
internal sealed class Ledger
{
    private long _connections;
    private long _messages;
    private int _breaches;

    public void AddConnections(long count) => Interlocked.Add(ref _connections, count);

    public void AddMessages(long count) => Interlocked.Add(ref _messages, count);

    /// <summary>Notes a breach where something that must hold does not.</summary>
    public void Require(bool holds, string otherwise)
    {
        if (holds) return;
        Interlocked.Increment(ref _breaches);
        Console.WriteLine($"BREACH: {otherwise}");
    }

    /// <summary>Writes the last line and says how the process ends.</summary>
    public int Close()
    {
        Console.WriteLine($"soak: {_connections:N0} connections, {_messages:N0} messages delivered, {_breaches} breaches");
        return _breaches == 0 ? 0 : 1;
    }
}
