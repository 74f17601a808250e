namespace Mistakes.StreamNotCancellable;

using System.Collections.Generic;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Peers;

[Message]
public readonly partial record struct Number(int Value);

public sealed partial class Chat
{
    [OnMessage]
    private static async IAsyncEnumerable<Number> /*PEER017*/Count/**/(Number from)
    {
        await Task.Delay(1000);
        yield return from;
    }

    public static void Map(IEndpointRouteBuilder app) => app.MapPeer<Chat>("/stream-not-cancellable");
}
