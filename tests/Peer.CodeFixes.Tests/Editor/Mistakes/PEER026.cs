namespace Mistakes.Endless;

using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Peers;

public sealed partial class Chat
{
    private readonly SemaphoreSlim _gate = new(1);

    [OnOpen]
    private async Task Opened() => await /*PEER026*/_gate.WaitAsync()/**/;

    public static void Map(IEndpointRouteBuilder app) => app.MapPeer<Chat>("/endless");
}
