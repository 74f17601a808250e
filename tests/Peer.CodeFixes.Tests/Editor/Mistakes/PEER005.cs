namespace Mistakes.MessageNotPartial;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Peers;

[Message]
public readonly record struct /*PEER005*/Say/**/(string Text);

public sealed partial class Chat
{
    [OnMessage]
    private Say Again(Peer peer, Say say)
    {
        peer.Send(say);
        return say;
    }

    public static void Map(IEndpointRouteBuilder app) => app.MapPeer<Chat>("/message-not-partial");
}
