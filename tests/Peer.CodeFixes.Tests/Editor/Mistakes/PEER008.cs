namespace Mistakes.Competing;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Peers;

public sealed partial class Chat
{
    [OnMessage]
    private void First(Peer peer, string text) => peer.Send(text);

    [OnMessage]
    private void /*PEER008*/Second/**/(Peer peer, string text) => peer.Send(text);

    public static void Map(IEndpointRouteBuilder app) => app.MapPeer<Chat>("/competing");
}
