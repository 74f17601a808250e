namespace Mistakes.AsyncVoid;

using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Peers;

public sealed partial class Chat
{
    [OnOpen]
    private async void /*PEER009*/Opened/**/() => await Task.Yield();

    public static void Map(IEndpointRouteBuilder app) => app.MapPeer<Chat>("/async-void");
}
