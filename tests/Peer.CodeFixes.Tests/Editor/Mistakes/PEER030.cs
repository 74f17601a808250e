namespace Mistakes.LeftOut;

using Peers;

[Message]
public partial interface IRoomEvent;

public static partial class Room
{
    public static void Send(Peer peer) => peer.Send(new Said(""));

    [Message]
    private sealed partial record /*PEER030*/Said/**/(string Text) : IRoomEvent;
}
