using Peers;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Services.AddPeers();
var app = builder.Build();
app.MapPeer<Till>();
app.Run();

[PeerHandler("/tills/{till}")]
internal sealed partial class Till
{
    private decimal _total;

    [Channel("till/{till}", Join = true)]
    public static partial PeerChannel<ITillEvent> Of(string till);

    [OnMessage]
    private Total Add(Peer peer, Sold sold, [Microsoft.AspNetCore.Mvc.FromRoute] string till)
    {
        foreach (var item in sold.Items) _total += item.Price * item.Count;
        var total = new Total(_total, DateTimeOffset.UnixEpoch);
        peer.Publish(Of(till), total);
        return total;
    }
}

internal interface ITillEvent;

[Message]
internal sealed partial record Sold(List<Item> Items);

[Message]
internal readonly partial record struct Total(decimal Sum, DateTimeOffset At) : ITillEvent;

internal sealed record Item(string Name, decimal Price, int Count);
