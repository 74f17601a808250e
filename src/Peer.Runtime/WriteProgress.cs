namespace Peers;

/// <summary>When a client was last seen to read what is sent to it. It exists while a write is pending, or the client's answer to a ping or close frame is awaited. Heartbeat only.</summary>
/// <param name="seen">How far the client had got.</param>
/// <param name="now">When that was seen, as a timestamp.</param>
internal sealed class WriteProgress((long Acknowledged, int Flushed) seen, long now)
{
    private (long Acknowledged, int Flushed) _seen = seen;

    /// <summary>When progress was last seen, as a timestamp.</summary>
    public long Since { get; private set; } = now;

    /// <summary>Compares with what was seen before.</summary>
    /// <returns>True where the client has got further since.</returns>
    public bool Observe((long Acknowledged, int Flushed) progress, long now)
    {
        if (progress == _seen) return false;
        (_seen, Since) = (progress, now);
        return true;
    }
}
