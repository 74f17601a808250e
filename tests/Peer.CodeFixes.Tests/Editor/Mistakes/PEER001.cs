namespace Mistakes.NotPartial;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Peers;

public sealed class /*PEER001*/Chat/**/
{
    [OnOpen]
    private void Opened(Peer peer) => peer.Send("hi");

    public static void Map(IEndpointRouteBuilder app) => app.MapPeer<Chat>("/not-partial");
}
