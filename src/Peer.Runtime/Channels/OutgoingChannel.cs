namespace Peers.Channels;

/// <summary>A channel as this node publishes to it. Guarded by the lock of <see cref="OutgoingQueue"/>, the name apart.</summary>
internal sealed class OutgoingChannel(string wireName, long sequence, bool isFresh)
{
    public string WireName => wireName;

    /// <summary>The number given last.</summary>
    public long Sequence { get; set; } = sequence;

    /// <summary>Whether the next number follows on nothing.</summary>
    public bool IsFresh { get; set; } = isFresh;

    /// <summary>Whether a heartbeat is due to tell the number.</summary>
    public bool IsDirty { get; set; }

    /// <summary>When it was published to last, in ticks of the host's clock: not before that, and while <see cref="IsDirty"/> not at all.</summary>
    public long UsedAt { get; set; }

    /// <summary>When a message to it was dropped or failed last, in ticks of the host's clock; null for never.</summary>
    public long? TroubledAt { get; set; }

    /// <summary>Whether it was forgotten: look it up again.</summary>
    public bool IsForgotten { get; set; }
}
