namespace Peers.Tests.Kit;

/// <summary>Says back what it hears.</summary>
[PeerHandler("/")]
public sealed partial class Echo
{
    [OnMessage]
    private static void Text(Peer peer, string text) => peer.Send(text);

    [OnMessage]
    private static void Binary(Peer peer, ReadOnlyMemory<byte> data) => peer.SendBinary(data.Span);
}
