namespace Peers.Bench.Servers;

/// <summary>Answers each request with 20 KB of text: a page that sends all its requests at once.</summary>
[PeerHandler("/requests")]
internal sealed partial class RequestsPeer
{
    [OnMessage]
    private static Content Load(Widget widget) => new(Bursts.Text);
}

/// <summary>Answers any text with 1.6 MB in pieces, all sent by one hook.</summary>
[PeerHandler("/hook")]
internal sealed partial class HookPeer
{
    [OnMessage(MessageKind.Text)]
    private static void Send(Peer peer, ReadOnlySpan<byte> text)
    {
        for (var i = 0; i < Bursts.Pieces; i++) peer.SendBinary(Bursts.Piece);
    }
}

/// <summary>What the servers of the slow suite send.</summary>
internal static class Bursts
{
    /// <summary>How many pieces one hook sends.</summary>
    public const int Pieces = 100;

    /// <summary>The length of a piece, in bytes.</summary>
    public const int PieceLength = 16 * 1024;

    /// <summary>The length of the text of a reply.</summary>
    public const int TextLength = 20_000;

    /// <summary>The text of a reply.</summary>
    public static string Text { get; } = new('x', TextLength);

    /// <summary>A piece.</summary>
    public static byte[] Piece { get; } = new byte[PieceLength];
}

[Message]
internal readonly partial record struct Widget(int Number);

[Message]
internal readonly partial record struct Content(string Text);
