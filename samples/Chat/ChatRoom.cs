using Microsoft.AspNetCore.Mvc;
using Peers;

namespace Chat;

/// <summary>One person in one room: each connection has an instance of its own.</summary>
[PeerHandler("/rooms/{room}")]
public sealed partial class ChatRoom(Rooms rooms)
{
    private string _name = "";

    [Channel("room/{room}", Join = true)]
    public static partial PeerChannel<IRoomEvent> Room(string room);

    [OnUpgrade]
    private UpgradeResult Admit(UpgradeRequest request)
    {
        _name = request.Query("name") ?? "";
        return UpgradeResult.Accept();
    }

    [OnOpen]
    private void Opened(Peer peer, [FromRoute] string room)
    {
        var here = rooms.Enter(room, ref _name);
        peer.Send(new YouAre(_name));
        peer.Publish(Room(room), new Joined(_name));
        peer.Host.Publish(Room(room), here);
    }

    [OnMessage]
    private Said Say(Peer peer, Say say, [FromRoute] string room)
    {
        var said = new Said(_name, say.Text, DateTimeOffset.UtcNow);
        peer.Publish(Room(room), said);
        return said;
    }

    [OnMessage]
    private void Typing(Peer peer, Typing typing, [FromRoute] string room) =>
        peer.Publish(Room(room), new IsTyping(_name, typing.Now));

    [OnMessage]
    private YouAre Rename(Peer peer, Rename rename, [FromRoute] string room)
    {
        var before = _name;
        var here = rooms.Rename(room, ref _name, rename.Name);
        if (_name != before) peer.Publish(Room(room), new Renamed(before, _name));
        peer.Host.Publish(Room(room), here);
        return new(_name);
    }

    [OnClose]
    private void Closed(Peer peer, [FromRoute] string room)
    {
        var here = rooms.Leave(room, _name);
        peer.Publish(Room(room), new Left(_name));
        peer.Publish(Room(room), here);
    }
}
