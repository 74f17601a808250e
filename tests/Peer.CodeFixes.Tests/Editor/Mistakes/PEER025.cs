namespace Mistakes.UnmarkedRouteValue;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Peers;

[PeerHandler("/unmarked/{room}")]
public sealed partial class Chat
{
    [OnOpen]
    private void Opened(Peer peer, string /*PEER025*/room/**/) => peer.Send(room);

    public static void Map(IEndpointRouteBuilder app) => app.MapPeer<Chat>();
}
