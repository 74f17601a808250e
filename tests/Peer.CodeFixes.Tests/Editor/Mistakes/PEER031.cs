namespace Mistakes.SameName;

using Peers;

[Message]
public partial interface IRoomEvent;

[Message]
public sealed partial record Said(string Text) : IRoomEvent;

[Message("said")]
public sealed partial record /*PEER031*/Told/**/(string Text) : IRoomEvent;

public static class Uses
{
    public static void Send(Peer peer, IRoomEvent said)
    {
        peer.Send(said);
        peer.Send(new Told(""));
    }
}
