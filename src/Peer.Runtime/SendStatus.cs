namespace Peers;

/// <summary>What became of a message handed to <c>Send</c>.</summary>
public enum SendStatus
{
    /// <summary>It waits to be written, in order, and less than <see cref="PeerOptions.DrainThreshold"/> waits in all.</summary>
    Queued,
    /// <summary>It waits to be written, in order, but a lot does: a polite sender waits for the drain.</summary>
    Backpressured,
    /// <summary>It was not queued, because <see cref="PeerOptions.MaxBufferedBytes"/> would have been exceeded, or <see cref="PeerOptions.MaxHookBytes"/> by a hook of the peer's own.</summary>
    Dropped,
    /// <summary>The peer is closing or closed; nothing was done.</summary>
    Closed,
}
