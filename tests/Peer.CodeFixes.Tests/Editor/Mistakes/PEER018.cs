namespace Mistakes.Blocking;

using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Peers;

[Message]
public readonly partial record struct Found(string Text);

public sealed partial class Chat
{
    [OnOpen]
    private void Opened() => /*PEER018*/Thread.Sleep(1000)/**/;

    [OnMessage]
    private Found Find(string text) => /*PEER018*/Task.FromResult(new Found(text)).Result/**/;

    public static void Map(IEndpointRouteBuilder app) => app.MapPeer<Chat>("/blocking");
}
