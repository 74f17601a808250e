namespace Mistakes.Reply;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Peers;

public sealed partial class Chat
{
    [OnMessage]
    private Said /*PEER022*/Say/**/(string text) => new(text);

    public static void Map(IEndpointRouteBuilder app) => app.MapPeer<Chat>("/reply");
}

public readonly record struct Said(string Text);
