namespace Mistakes.Authorization;

using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Peers;

public sealed partial class Chat
{
    [OnMessage, Authorize("admin")]
    private void /*PEER011*/Text/**/(Peer peer, string text) => peer.Send(text);

    public static void Map(IEndpointRouteBuilder app) => app.MapPeer<Chat>("/authorization");
}
