using System.Threading.RateLimiting;

namespace Peers;

/// <summary>How fast a peer may send. No limit by default.</summary>
/// <remarks>
/// What counts: messages, however many fragments they come in; pings, because each is answered; and pongs and replies that nobody asked for. A peer that sends more is closed
/// with 1013; what was taken before still reaches its hooks. Time in which reading stands still (<see cref="PeerOptions.MaxPendingBytes"/>) counts for the peer: what
/// piled up meanwhile is no burst of its own.
/// </remarks>
public sealed class MessageRateOptions
{
    private PartitionedRateLimiter<Peer>? _limiter;

    /// <summary>How many messages a peer may send in a <see cref="Period"/>, in the long run. Default: no limit.</summary>
    public int Limit { get; set; } = int.MaxValue;

    /// <summary>The time that <see cref="Limit"/> is for. Default: a second.</summary>
    public TimeSpan Period { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How many messages may come at once after a time of silence; a peer begins with as many. Default: <see cref="Limit"/>.</summary>
    /// <remarks>Networks bundle what was sent evenly: less than a few seconds' worth closes peers that do nothing wrong.</remarks>
    public int? Burst { get; set; }

    /// <summary>Asks a limiter of your own for each message too, such as one that many peers of a user share.</summary>
    /// <remarks>
    /// It is asked for one permit a message, without waiting, on the thread that reads; where it throws the peer is closed with 1011. It stays yours to dispose: make it once, outside of what configures
    /// the options, which runs again when configuration is reloaded.
    /// </remarks>
    /// <param name="limiter">The limiter; its partitions are chosen by the peer, whose <see cref="Peer.User"/>, <see cref="Peer.RemoteEndPoint"/> and the like are there.</param>
    public void UseLimiter(PartitionedRateLimiter<Peer> limiter)
    {
        ArgumentNullException.ThrowIfNull(limiter);
        _limiter = limiter;
    }

    // No property: the binder would take it for an option.
    internal PartitionedRateLimiter<Peer>? GetLimiter() => _limiter;

    internal bool HasLimit() => Limit != int.MaxValue;

    internal int GetBurst() => Burst ?? Limit;

    internal void Validate()
    {
        OptionBounds.AtLeast(1, Limit, "MessageRate.Limit");
        OptionBounds.Positive(Period, "MessageRate.Period");
        OptionBounds.AtLeast(1, GetBurst(), "MessageRate.Burst");
    }
}
