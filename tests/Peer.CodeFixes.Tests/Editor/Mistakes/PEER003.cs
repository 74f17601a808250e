namespace Mistakes.Payload;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Peers;

public sealed partial class Chat
{
    [OnMessage]
    private void Say(Peer peer, Say /*PEER003*/say/**/) => peer.Send(say.Text);

    public static void Map(IEndpointRouteBuilder app) => app.MapPeer<Chat>("/payload");
}

public record Say(string Text);
