namespace Mistakes.NoMessage;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Peers;

public sealed record Said(string Text);

[PeerHandler("/no-message")]
public sealed partial class Chat
{
    [OnOpen]
    private void Opened(Peer peer) => peer./*PEER040*/Send/**/(new Said("hi"));

    public static void Map(IEndpointRouteBuilder app) => app.MapPeer<Chat>();
}
