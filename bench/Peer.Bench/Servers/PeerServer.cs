namespace Peers.Bench.Servers;

/// <summary>Peer with its defaults: every check, limit and timer is on.</summary>
internal static class PeerServer
{
    public static WebApplication Build(WebApplicationBuilder builder)
    {
        builder.Services.AddPeers();
        builder.Services.AddSingleton<RoomNames>();
        var app = builder.Build();
        app.MapPeer<EchoPeer>();
        app.MapPeer<TypedPeer>();
        app.MapPeer<FanoutPeer>();
        app.MapPeer<RoomPeer>();
        app.MapPeer<RequestsPeer>();
        app.MapPeer<HookPeer>();
        StalledPeers.Map(app);
        return app;
    }
}

/// <summary>Says again what it hears.</summary>
[PeerHandler("/echo")]
internal sealed partial class EchoPeer
{
    [OnMessage(MessageKind.Text)]
    private static void Echo(Peer peer, ReadOnlySpan<byte> text) => peer.SendUtf8(text);
}

/// <summary>A message in, another out.</summary>
[PeerHandler("/typed")]
internal sealed partial class TypedPeer
{
    [OnMessage]
    private static Moved Move(Move move) => new(move.Tick, move.X, move.Y);
}

/// <summary>Everyone but the sender hears what is said.</summary>
[PeerHandler("/fanout")]
[Channel("fanout", Join = true)]
internal sealed partial class FanoutPeer
{
    [OnMessage(MessageKind.Text)]
    private static void Say(Peer peer, ReadOnlySpan<byte> text) => peer.PublishUtf8("fanout", text);
}

[Message]
internal readonly partial record struct Move(int Tick, double X, double Y);

[Message]
internal readonly partial record struct Moved(int Tick, double X, double Y);
