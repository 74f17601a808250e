namespace Peers;

/// <summary>What the compiler implements on a handler: one method a hook, called by the peer's connection.</summary>
/// <remarks>
/// Implemented explicitly by generated code; nobody else calls or implements it. For one peer no two calls overlap, except that
/// <see cref="OnUpgrade"/> comes before all others. A method whose <see cref="PeerHooks"/> flag is not set is never called.
/// </remarks>
public interface IPeerHandler
{
    /// <summary>Calls the upgrade hook.</summary>
    ValueTask<UpgradeResult> OnUpgrade(UpgradeRequest request) => new(UpgradeResult.Accept());

    /// <summary>Subscribes the peer to the channels marked <c>Join = true</c>, before the open hook.</summary>
    void Join(Peer peer) { }

    /// <summary>Calls the open hook.</summary>
    ValueTask OnOpen(Peer peer) => default;

    /// <summary>Reads a text message and calls the hook that takes it.</summary>
    ValueTask OnText(ref IncomingText text) => default;

    /// <summary>Calls the hook that takes binary messages. The payload is valid until the returned task ends.</summary>
    ValueTask OnBinary(Peer peer, ReadOnlyMemory<byte> payload) => default;

    /// <summary>Calls the close hook.</summary>
    ValueTask OnClose(Peer peer, CloseEvent close) => default;

    /// <summary>Calls the error hook.</summary>
    ValueTask OnError(Peer peer, PeerError error) => default;

    /// <summary>Calls the drain hook.</summary>
    ValueTask OnDrain(Peer peer) => default;

    /// <summary>Calls the gap hook.</summary>
    ValueTask OnGap(Peer peer, ChannelGap gap) => default;

    /// <summary>Calls the ping hook. The payload is valid until the returned task ends.</summary>
    ValueTask OnPing(Peer peer, ReadOnlyMemory<byte> payload) => default;

    /// <summary>Calls the pong hook. The payload is valid until the returned task ends.</summary>
    ValueTask OnPong(Peer peer, ReadOnlyMemory<byte> payload) => default;
}

/// <summary>The static side of a handler: how it is described and made.</summary>
/// <typeparam name="TSelf">The handler itself.</typeparam>
public interface IPeerHandler<TSelf> : IPeerHandler where TSelf : class, IPeerHandler<TSelf>
{
    /// <summary>The handler's name, route and hooks.</summary>
    static abstract PeerHandlerInfo Info { get; }

    /// <summary>Makes the instance of one peer. <paramref name="services"/> is a scope of the peer's own where one of <see cref="PeerHandlerInfo.Services"/> is not a singleton.</summary>
    static abstract TSelf Create(IServiceProvider services);
}

/// <summary>What a handler is called, where it is mapped and which hooks it has.</summary>
/// <param name="Name">The handler's name in logs and errors.</param>
/// <param name="Hooks">The hooks that it declares.</param>
public sealed record PeerHandlerInfo(string Name, PeerHooks Hooks)
{
    /// <summary>The route of <c>[PeerHandler]</c>, or null.</summary>
    public string? Route { get; init; }

    /// <summary>The names of the route values that hooks and joins cannot do without. A pattern that lacks one of them cannot serve this handler.</summary>
    public IReadOnlyList<string> RouteValues { get; init; } = [];

    /// <summary>The services that the constructor takes. A peer has a scope of its own where one of them is not a singleton.</summary>
    public IReadOnlyList<Type> Services { get; init; } = [];
}

/// <summary>The hooks that a handler declares.</summary>
[Flags]
public enum PeerHooks
{
    /// <summary>None.</summary>
    None = 0,
    /// <summary><c>[OnUpgrade]</c>.</summary>
    Upgrade = 1 << 0,
    /// <summary>Channels are joined before open.</summary>
    Join = 1 << 1,
    /// <summary><c>[OnOpen]</c>.</summary>
    Open = 1 << 2,
    /// <summary><c>[OnMessage]</c> for text, typed or raw.</summary>
    Text = 1 << 3,
    /// <summary><c>[OnMessage]</c> for binary messages.</summary>
    Binary = 1 << 4,
    /// <summary><c>[OnClose]</c>.</summary>
    Close = 1 << 5,
    /// <summary><c>[OnError]</c>.</summary>
    Error = 1 << 6,
    /// <summary><c>[OnDrain]</c>.</summary>
    Drain = 1 << 7,
    /// <summary><c>[OnPing]</c>.</summary>
    Ping = 1 << 8,
    /// <summary><c>[OnPong]</c>.</summary>
    Pong = 1 << 9,
    /// <summary>A hook for text takes the payload as memory, which it may use until its task ends.</summary>
    BorrowsText = 1 << 10,
    /// <summary>A hook for binary messages takes the payload as memory, which it may use until its task ends.</summary>
    BorrowsBinary = 1 << 11,
    /// <summary><c>[OnGap]</c>.</summary>
    Gap = 1 << 12,
}
