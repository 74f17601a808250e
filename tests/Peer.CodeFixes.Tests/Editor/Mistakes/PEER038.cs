namespace Mistakes.UnreadableRoute;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Peers;

[PeerHandler("/unreadable/{room")]
public sealed partial class /*PEER038*/Chat/**/
{
    [OnOpen]
    private void Opened(Peer peer, [FromRoute] string room) => peer.Send(room);

    public static void Map(IEndpointRouteBuilder app) => app.MapPeer<Chat>();
}
