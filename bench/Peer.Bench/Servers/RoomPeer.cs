using Microsoft.AspNetCore.Mvc;

namespace Peers.Bench.Servers;

/// <summary>As samples/Chat's, without its list of who is there: a service, a name, a room. What the idle suite counts.</summary>
[PeerHandler("/rooms/{room}")]
internal sealed partial class RoomPeer(RoomNames names)
{
    private string _name = "";

    [Channel("room/{room}", Join = true)]
    public static partial PeerChannel<IRoomEvent> Room(string room);

    [OnOpen]
    private void Opened() => _name = names.Guest;

    [OnMessage]
    private Said Say(Peer peer, Say say, [FromRoute] string room)
    {
        var said = new Said(_name, say.Text);
        peer.Publish(Room(room), said);
        return said;
    }
}

/// <summary>Gives everyone a name.</summary>
internal sealed class RoomNames
{
    public string Guest { get; } = "Guest";
}

/// <summary>What a room hears.</summary>
internal interface IRoomEvent;

[Message]
internal readonly partial record struct Say(string Text);

[Message]
internal readonly partial record struct Said(string Who, string Text) : IRoomEvent;
