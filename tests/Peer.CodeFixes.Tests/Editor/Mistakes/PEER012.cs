namespace Mistakes.Created;

using System;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Peers;

public sealed partial class /*PEER012*/Chat/**/
{
    public Chat()
    {
    }

    public Chat(IServiceProvider services) => services.ToString();

    [OnOpen]
    private void Opened(Peer peer) => peer.Send("hi");

    public static void Map(IEndpointRouteBuilder app) => app.MapPeer<Chat>("/created");
}

file sealed partial class /*PEER012*/Hidden/**/
{
    [OnOpen]
    private void Opened(Peer peer) => peer.Send("hi");
}
