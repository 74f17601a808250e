namespace Peers.Bench.Processes;

/// <summary>One of the servers that are compared.</summary>
/// <param name="Id">Its name in figures.</param>
/// <param name="Name">Its name in tables.</param>
/// <param name="Kind">What <c>serve</c> calls it, and whose dialect is spoken to it.</param>
/// <param name="Transport">What carries its bytes.</param>
/// <param name="IsNative">Whether it was compiled ahead of time.</param>
/// <param name="Broker">What connects its nodes, where it has more than one.</param>
internal sealed record Contender(string Id, string Name, string Kind, ServerTransport Transport = ServerTransport.Default, bool IsNative = false, BrokerKind Broker = BrokerKind.None)
{
    public static readonly Contender Loop = new("loop", "Peer, event loop", "peer", ServerTransport.Loop);
    public static readonly Contender Pipes = new("pipes", "Peer, pipes", "peer");
    public static readonly Contender LoopNative = new("loop-aot", "Peer, event loop, Native AOT", "peer", ServerTransport.Loop, IsNative: true);
    public static readonly Contender PipesNative = new("pipes-aot", "Peer, pipes, Native AOT", "peer", IsNative: true);
    public static readonly Contender PipesInline = new("pipes-inline", "Peer, pipes, inline", "peer", ServerTransport.Inline);
    public static readonly Contender Managed = new("managed", "System.Net.WebSockets", "managed");
    public static readonly Contender ManagedInline = new("managed-inline", "System.Net.WebSockets, inline", "managed", ServerTransport.Inline);
    public static readonly Contender SignalR = new("signalr", "SignalR, JSON", "signalr");
    public static readonly Contender SignalRPack = new("signalr-msgpack", "SignalR, MessagePack", "signalr-msgpack");
    public static readonly Contender Bun = new("bun", "Bun (uWebSockets)", "bun");
    public static readonly Contender NodeWs = new("ws", "ws on Node", "ws");
    public static readonly Contender OverNats = new("nats", "Peer over NATS", "peer", Broker: BrokerKind.Nats);
    public static readonly Contender OverRedis = new("redis", "Peer over Redis", "peer", Broker: BrokerKind.Redis);
    public static readonly Contender SignalROverRedis = new("signalr", "SignalR, JSON, over Redis", "signalr", Broker: BrokerKind.Redis);
    public static readonly Contender Bare = new("bare", "Kestrel's pipes, bare", "bare");

    /// <summary>Whether it is ours, and gets figures of its own.</summary>
    public bool IsPeer => Kind == "peer";
}

/// <summary>What connects the nodes of a contender.</summary>
internal enum BrokerKind
{
    /// <summary>Nothing: it is one server.</summary>
    None,
    /// <summary>nats-server.</summary>
    Nats,
    /// <summary>redis-server.</summary>
    Redis,
}

/// <summary>What carries a server's bytes.</summary>
internal enum ServerTransport
{
    /// <summary>Kestrel's sockets as they come.</summary>
    Default,
    /// <summary>Kestrel's sockets, everything on the thread that heard of it from the kernel.</summary>
    Inline,
    /// <summary>Peer's event loop.</summary>
    Loop,
}
