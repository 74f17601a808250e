using Peers;

namespace Cluster;

/// <summary>One person at the one table, which stands on every node at once.</summary>
[PeerHandler("/table")]
public sealed partial class Table(Node node, People people, PeerHost host)
{
    private string _name = "";

    [Channel("table", Join = true)]
    public static partial PeerChannel<ITableEvent> All { get; }

    [OnUpgrade]
    private UpgradeResult Admit(UpgradeRequest request)
    {
        _name = request.Query("name") is { Length: > 0 and <= 40 } name ? name : "Guest";
        return UpgradeResult.Accept();
    }

    [OnOpen]
    private async Task Opened(Peer peer)
    {
        peer.Send(new YouAre(_name, node.Name));
        host.Publish(All, people.Enter(_name));
        peer.Send(await Census.CountAsync(host));
    }

    // To every node, by the same line as on a single machine.
    [OnMessage]
    private Said Say(Peer peer, Say say)
    {
        var said = new Said(_name, node.Name, say.Text, DateTimeOffset.UtcNow);
        peer.Publish(All, said);
        return said;
    }

    [OnGap]
    private static void Missed(Peer peer, ChannelGap gap) => peer.Send(new MayHaveMissed(gap.Cause.ToString()));

    [OnClose]
    private void Closed() => host.Publish(All, people.Leave(_name));
}
