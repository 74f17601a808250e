namespace Mistakes.RouteValue;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Peers;

[PeerHandler("/route-values/{room}")]
public sealed partial class Chat
{
    [OnOpen]
    private void Opened(Peer peer, [FromRoute] string /*PEER013*/rom/**/) => peer.Send(rom);

    public static void Map(IEndpointRouteBuilder app) => app.MapPeer<Chat>();
}
