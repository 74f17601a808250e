namespace Mistakes.Overlap;

using System;
using Peers;

public static partial class Rooms
{
    [Channel("overlap/{room}")]
    public static partial PeerChannel<string> Room(string room);

    [Channel("overlap/lobby")]
    public static partial PeerChannel<Uri> /*PEER014*/Lobby/**/ { get; }

    public static void Join(Peer peer)
    {
        peer.Subscribe(Room("lobby"));
        peer.Subscribe(Lobby);
    }
}
