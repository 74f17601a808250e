namespace Mistakes.Conversion;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Peers;

public sealed partial class Chat
{
    [OnOpen]
    private void Opened(Peer peer, [FromRoute] object /*PEER024*/id/**/) => peer.Send(id.ToString());

    public static void Map(IEndpointRouteBuilder app) => app.MapPeer<Chat>("/conversions/{id}");
}
