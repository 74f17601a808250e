namespace Mistakes.NotImported;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Peers;

[PeerHandler("/not-imported/{room}")]
public sealed partial class Chat
{
    [OnOpen]
    private void Opened(Peer peer, [/*PEER035*/FromRoute/**/] string room) => peer.Send(room);

    public static void Map(IEndpointRouteBuilder app) => app.MapPeer<Chat>();
}
