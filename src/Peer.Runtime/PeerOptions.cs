namespace Peers;

/// <summary>The limits and policies of an endpoint. Every one has a safe default and can be bound from configuration.</summary>
/// <remarks>Read when a peer connects; later changes do not reach peers that are open.</remarks>
public sealed class PeerOptions
{
    // What waits for a peer is counted in 32 bits, all causes together.
    private const int MostHookBytes = OptionBounds.MostBytes - (64 * 1024);

    private int? _drainThreshold;
    private int? _maxHookBytes;

    /// <summary>The longest message taken, in bytes after reassembly. A longer one is refused from its header and closes with 1009. Default: 65,536.</summary>
    public int MaxMessageSize { get; set; } = 64 * 1024;

    /// <summary>The most fragments a message may come in; more close with 1009. Default: 1,024.</summary>
    public int MaxFragments { get; set; } = 1024;

    /// <summary>How many bytes of messages may wait while a hook runs; beyond it reading stops until the hook ends. Default: 65,536.</summary>
    public int MaxPendingBytes { get; set; } = 64 * 1024;

    /// <summary>How many bytes that others cause may wait for one peer: what is published to it, and sent to it from outside its hooks. Also the longest message that can be sent. Default: 1,048,576.</summary>
    /// <remarks>Beyond it <see cref="SlowPeerPolicy"/> decides about a published message, and <c>Send</c> returns <see cref="SendStatus.Dropped"/>. Replies and what the peer's own hooks send do not count: see <see cref="MaxHookBytes"/>.</remarks>
    public int MaxBufferedBytes { get; set; } = 1024 * 1024;

    /// <summary>How many bytes that the peer caused itself may wait for it: replies, and what its own hooks send or publish to it. Default: 16 MiB, or <see cref="MaxBufferedBytes"/> where that is more.</summary>
    /// <remarks>
    /// Above <see cref="DrainThreshold"/> of these bytes the peer's messages are not dispatched, so it takes a single hook to get here. What does not fit is
    /// <see cref="SendStatus.Dropped"/>, and a reply becomes <c>$error</c>; the peer is not closed.
    /// </remarks>
    public int MaxHookBytes
    {
        get => _maxHookBytes ?? Math.Min(Math.Max(16 * 1024 * 1024, MaxBufferedBytes), MostHookBytes);
        set => _maxHookBytes = value;
    }

    /// <summary>What happens to a peer to which others publish more than it reads. Default: <see cref="SlowPeerPolicy.Close"/>.</summary>
    public SlowPeerPolicy SlowPeerPolicy { get; set; } = SlowPeerPolicy.Close;

    /// <summary>After how long a peer is closed with 1013 that does not read at all while bytes wait for it; <see cref="Timeout.InfiniteTimeSpan"/> for never. Default: 10 seconds.</summary>
    /// <remarks>
    /// It holds under every <see cref="SlowPeerPolicy"/>. Any byte that the client's system acknowledges begins the time anew; where the transport cannot see that, as over
    /// HTTP/2 and outside Linux, any write that completes.
    /// </remarks>
    public TimeSpan SlowPeerTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How fast a peer may send; no limit by default. A faster one is closed with 1013.</summary>
    public MessageRateOptions MessageRate { get; init; } = new();

    /// <summary>Above how many waiting bytes <c>Send</c> returns <see cref="SendStatus.Backpressured"/>, and above how many that the peer caused itself its messages are not dispatched; falling below again runs the drain hook. Less than <see cref="MaxBufferedBytes"/>. Default: 65,536, or half of <see cref="MaxBufferedBytes"/> where that is less.</summary>
    public int DrainThreshold
    {
        get => _drainThreshold ?? Math.Min(64 * 1024, MaxBufferedBytes / 2);
        set => _drainThreshold = value;
    }

    /// <summary>How many streams of replies may run for one peer at once; one more is refused with <c>busy</c>. Default: 16.</summary>
    public int MaxStreams { get; set; } = 16;

    /// <summary>How many requests of this end one peer may leave unanswered at once; beyond it <see cref="Peer.RequestAsync"/> throws. Default: 64.</summary>
    public int MaxRequests { get; set; } = 64;

    /// <summary>How long the upgrade hook may take; beyond it the client gets 503, and the hook's token is cancelled. Default: 10 seconds.</summary>
    /// <remarks>Handler and request stay until the hook has ended, and so does the place among <see cref="MaxPeers"/>: a hook that waits should watch its token.</remarks>
    public TimeSpan HandshakeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long to wait for the answer to a close frame before the connection is ended. While the client still reads what was sent before, the time begins anew. Default: 5 seconds.</summary>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long closing may take in all, however much the client still reads. Default: 60 seconds.</summary>
    public TimeSpan MaxCloseTime { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>After how much silence a ping is sent; <see cref="Timeout.InfiniteTimeSpan"/> for never. Default: 30 seconds.</summary>
    public TimeSpan KeepAliveInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long after that ping the peer counts as lost if nothing was received and the client read nothing of what waited before the ping. The clock stands while reading is stopped. Default: 30 seconds.</summary>
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long shutdown waits for peers and their close hooks before it terminates them. Default: 10 seconds.</summary>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many peers may be connected to the endpoint at once; one more gets 503. Default: no limit.</summary>
    public int MaxPeers { get; set; } = int.MaxValue;

    /// <summary>The origins that may connect besides the endpoint's own scheme and host, such as <c>https://example.com</c>; <c>*</c> for any. A request without Origin is no browser's and is let through; others get 403.</summary>
    public IList<string> AllowedOrigins { get; init; } = [];

    /// <summary>The request headers that are copied to <see cref="Peer.Headers"/>. Default: none.</summary>
    public IList<string> CapturedHeaders { get; init; } = [];

    /// <summary>Whether a peer is closed with 1008 when the authentication that it came with expires (<see cref="UpgradeRequest.AuthenticationExpires"/>). Default: false.</summary>
    public bool CloseOnAuthenticationExpiration { get; set; }

    /// <summary>Compression of messages; off by default.</summary>
    public CompressionOptions Compression { get; init; } = new();

    /// <summary>Throws where a value cannot work, naming it and its bounds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A limit is out of its bounds.</exception>
    public void Validate()
    {
        OptionBounds.Within(1, OptionBounds.MostBytes, MaxMessageSize, nameof(MaxMessageSize));
        OptionBounds.AtLeast(1, MaxFragments, nameof(MaxFragments));
        OptionBounds.Within(1, OptionBounds.MostBytes, MaxPendingBytes, nameof(MaxPendingBytes));
        OptionBounds.Within(256, OptionBounds.MostBytes, MaxBufferedBytes, nameof(MaxBufferedBytes));
        OptionBounds.Defined(SlowPeerPolicy, nameof(SlowPeerPolicy));
        OptionBounds.Within(256, MostHookBytes, MaxHookBytes, nameof(MaxHookBytes));
        OptionBounds.PositiveOrInfinite(SlowPeerTimeout, nameof(SlowPeerTimeout));
        OptionBounds.AtLeast(1, DrainThreshold, nameof(DrainThreshold));
        OptionBounds.BytesBelow(MaxBufferedBytes, nameof(MaxBufferedBytes), DrainThreshold, nameof(DrainThreshold));
        OptionBounds.AtLeast(1, MaxStreams, nameof(MaxStreams));
        OptionBounds.AtLeast(1, MaxRequests, nameof(MaxRequests));
        OptionBounds.AtLeast(1, MaxPeers, nameof(MaxPeers));
        OptionBounds.PositiveOrInfinite(HandshakeTimeout, nameof(HandshakeTimeout));
        OptionBounds.PositiveOrInfinite(CloseTimeout, nameof(CloseTimeout));
        OptionBounds.PositiveOrInfinite(MaxCloseTime, nameof(MaxCloseTime));
        OptionBounds.PositiveOrInfinite(KeepAliveInterval, nameof(KeepAliveInterval));
        OptionBounds.PositiveOrInfinite(KeepAliveTimeout, nameof(KeepAliveTimeout));
        OptionBounds.PositiveOrInfinite(ShutdownTimeout, nameof(ShutdownTimeout));
        MessageRate.Validate();
        Compression.Validate();
    }
}

/// <summary>What happens to a published message when more than <see cref="PeerOptions.MaxBufferedBytes"/> of what others cause would wait for a peer.</summary>
/// <remarks>The dropping policies drop whole published messages; never replies, control frames or what is half written.</remarks>
public enum SlowPeerPolicy
{
    /// <summary>The peer is closed with 1013.</summary>
    Close,
    /// <summary>The message that does not fit is dropped.</summary>
    DropNewest,
    /// <summary>The oldest published messages are dropped until it fits.</summary>
    DropOldest,
    /// <summary>All that waits of the message's channel is dropped first, so that the latest remains.</summary>
    KeepLatest,
}
