namespace Mistakes.Service;

using System;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Peers;

public sealed partial class Chat
{
    [OnOpen]
    private void Opened(Peer peer, IServiceProvider /*PEER023*/services/**/) => peer.Send(services.ToString());

    public static void Map(IEndpointRouteBuilder app) => app.MapPeer<Chat>("/service");
}
