namespace Mistakes.NoHandler;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Peers;

public sealed partial class Chat
{
    public static void Map(IEndpointRouteBuilder app) => app./*PEER039*/MapPeer<Chat>/**/("/no-handler");
}
