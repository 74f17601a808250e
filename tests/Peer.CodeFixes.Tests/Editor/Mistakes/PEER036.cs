namespace Mistakes.HiddenFromOtherAssemblies;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Peers;

public abstract partial class Base
{
    [OnOpen]
    internal void /*PEER036*/Opened/**/(Peer peer) => peer.Send("hi");

    [Channel("all", Join = true)]
    private protected static partial PeerChannel<string> /*PEER036*/All/**/ { get; }

    [OnClose]
    protected void Closed()
    {
    }
}

[PeerHandler("/hidden")]
public sealed partial class Chat : Base
{
    public static void Map(IEndpointRouteBuilder app) => app.MapPeer<Chat>();
}
