namespace /*PEER027*/Peer.Chats/**/;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Peers;

public sealed partial class Chat
{
    [OnMessage]
    private void Text(string text) => text.ToString();

    public static void Map(IEndpointRouteBuilder app) => app.MapPeer<Chat>("/namespace");
}
