namespace Mistakes.Signature;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Peers;

public sealed partial class Chat
{
    [OnOpen]
    private int /*PEER002*/Opened/**/(Peer peer) => peer.GetHashCode();

    [OnMessage]
    private void Text(ref string /*PEER002*/text/**/) => text += ".";

    public static void Map(IEndpointRouteBuilder app) => app.MapPeer<Chat>("/signature");
}
