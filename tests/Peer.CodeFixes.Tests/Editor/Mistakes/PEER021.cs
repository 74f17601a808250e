namespace Mistakes.OneName;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Peers;

[Message]
public readonly partial record struct Say(string Text);

[Message("say")]
public readonly partial record struct SayAgain(string Text);

public sealed partial class Chat
{
    [OnMessage]
    private void First(Peer peer, Say say) => peer.Send(say.Text);

    [OnMessage]
    private void /*PEER021*/Second/**/(Peer peer, SayAgain say) => peer.Send(say.Text);

    public static void Map(IEndpointRouteBuilder app) => app.MapPeer<Chat>("/one-name");
}
