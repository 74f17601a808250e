using System.Net;
using Peers.Channels;

namespace Peers.Observability;

/// <summary>What a debugger shows of a peer when it is unfolded. Read only, and nothing waits.</summary>
internal sealed class PeerDebugView(Peer peer)
{
    public PeerId Id => peer.Id;

    public ReadyState State => peer.ReadyState;

    public EndPoint? RemoteEndPoint => peer.RemoteEndPoint;

    public string? User => peer.User?.Identity?.Name;

    /// <summary>The handler, whose fields are the state of the connection.</summary>
    public object Handler => peer.Connection.Handler;

    /// <summary>The hook that is running or pending; null while none is.</summary>
    public string? PendingHook => peer.Connection.PendingHook;

    public long BufferedBytes => peer.BufferedBytes;

    public string[] Channels => [.. peer.Channels.Order(StringComparer.Ordinal)];

    public string? Subprotocol => peer.Subprotocol;

    public string Extensions => peer.Extensions;

    public PeerHost Host => peer.Host;
}

/// <summary>What a debugger shows of a host.</summary>
internal sealed class HostDebugView(PeerHost host)
{
    public Peer[] Peers => [.. host.Peers];

    public Channel[] Channels => [.. host.Channels.All.OrderBy(channel => channel.Name, StringComparer.Ordinal)];
}
