namespace Mistakes.Borrowed;

using System;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Peers;

public sealed partial class Chat
{
    private ReadOnlyMemory<byte> _last;

    [OnMessage]
    private void Keep(Peer peer, ReadOnlyMemory<byte> payload)
    {
        peer.SendBinary(_last.Span);
        _last = /*PEER019*/payload/**/;
    }

    public static void Map(IEndpointRouteBuilder app) => app.MapPeer<Chat>("/borrowed");
}
