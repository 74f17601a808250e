namespace Mistakes.Lent;

using Peers;

internal abstract class /*PEER028*/Greeting/**/
{
    [OnOpen]
    protected void Opened(Peer peer) => peer.Send("hi");
}
