namespace Mistakes.NotSealed;

using Peers;

[Message]
public partial record /*PEER010*/Said/**/(string Text);

public static class Uses
{
    public static void Send(Peer peer) => peer.Send(new Said(""));
}
