namespace Mistakes.StreamNotStatic;

using System.Collections.Generic;
using System.Linq;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Peers;

[Message]
public readonly partial record struct Number(int Value);

public sealed partial class Chat
{
    [OnMessage]
    private IAsyncEnumerable<Number> /*PEER016*/Count/**/(Number from) => AsyncEnumerable.Empty<Number>().Prepend(from);

    public static void Map(IEndpointRouteBuilder app) => app.MapPeer<Chat>("/stream-not-static");
}
