namespace Mistakes.NotOfChannel;

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Peers;

[Message]
public partial interface IRoomEvent;

[Message]
public sealed partial record Joined(string Who) : IRoomEvent;

[Message]
public sealed partial record Said(string Text);

[PeerHandler("/not-of-channel")]
public sealed partial class Chat
{
    [Channel("room")]
    public static partial PeerChannel<IRoomEvent> Room { get; }

    [OnOpen]
    private void Opened(Peer peer) => peer./*PEER041*/Publish/**/(Room, new Said("hi"));

    [OnMessage]
    private void Say(Peer peer, Joined joined) => peer.Publish(Room, joined);

    public static void Map(IEndpointRouteBuilder app) => app.MapPeer<Chat>();
}
