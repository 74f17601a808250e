namespace Mistakes.Template;

using Peers;

public static partial class Rooms
{
    [Channel("template/{rom}")]
    public static partial PeerChannel<string> /*PEER006*/Room/**/(string room);

    public static void Join(Peer peer) => peer.Subscribe(Room("lobby"));
}
