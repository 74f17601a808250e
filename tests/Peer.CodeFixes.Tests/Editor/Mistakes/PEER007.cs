namespace Mistakes.ChannelMember;

using Peers;

public static partial class Rooms
{
    [Channel("member/lobby")]
    public static PeerChannel<string> /*PEER007*/Lobby/**/ => new("member/lobby");

    public static void Join(Peer peer) => peer.Subscribe(Lobby);
}
