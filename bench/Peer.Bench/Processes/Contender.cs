namespace Peers.Bench.Processes;

/// <summary>One of the servers that are compared.</summary>
/// <param name="Id">Its name in figures.</param>
/// <param name="Name">Its name in tables.</param>
/// <param name="Kind">What <c>serve</c> calls it, and whose dialect is spoken to it.</param>
/// <param name="IsInline">Whether everything runs on the thread that heard of it from the kernel; Kestrel's default is not to.</param>
internal sealed record Contender(string Id, string Name, string Kind, bool IsInline = false)
{
    public static readonly Contender Pipes = new("pipes", "Peer, pipes", "peer");
    public static readonly Contender PipesInline = new("pipes-inline", "Peer, pipes, inline", "peer", IsInline: true);
    public static readonly Contender Managed = new("managed", "System.Net.WebSockets", "managed");
    public static readonly Contender ManagedInline = new("managed-inline", "System.Net.WebSockets, inline", "managed", IsInline: true);
    public static readonly Contender SignalR = new("signalr", "SignalR, JSON", "signalr");
    public static readonly Contender Bare = new("bare", "Kestrel's pipes, bare", "bare");

    /// <summary>Whether it is ours, and gets figures of its own.</summary>
    public bool IsPeer => Kind == "peer";
}
