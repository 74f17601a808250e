namespace Peers.WebSockets;

/// <summary>What RFC 6455 §5 forbids a frame header, limits of ours apart.</summary>
internal static class FrameRules
{
    /// <summary>The longest payload of a control frame, §5.5.</summary>
    public const int MaxControlPayload = 125;

    /// <summary>Finds what is wrong with a header; the default value where nothing is.</summary>
    /// <param name="header">The header.</param>
    /// <param name="expectMasked">True in a server: §5.1 has clients mask and servers not.</param>
    /// <param name="midMessage">Whether fragments of a message came and its last did not.</param>
    /// <param name="mayCompress">Whether permessage-deflate was agreed on.</param>
    public static ProtocolFault Check(in FrameHeader header, bool expectMasked, bool midMessage, bool mayCompress)
    {
        if (header.Rsv != 0 && !(mayCompress && BeginsCompressed(header))) return Broken("reserved bit set");
        if (header.Masked != expectMasked) return Broken(expectMasked ? "frame not masked" : "masked frame from a server");
        if (header.PayloadLength < 0) return Broken("length out of range");
        if (!header.IsLengthMinimal) return Broken("length not minimal");
        return header.Opcode switch
        {
            Opcode.Continuation => midMessage ? default : Broken("continuation of nothing"),
            Opcode.Text or Opcode.Binary => midMessage ? Broken("message inside a message") : default,
            Opcode.Close or Opcode.Ping or Opcode.Pong => CheckControl(header),
            _ => Broken("reserved opcode"),
        };
    }

    // RFC 7692 §6.1: RSV1 stands on the first frame of a message, never on its other frames or on a control frame.
    private static bool BeginsCompressed(in FrameHeader header) => header.IsCompressed && header.Opcode is (Opcode.Text or Opcode.Binary);

    private static ProtocolFault CheckControl(in FrameHeader header)
    {
        if (!header.Fin) return Broken("fragmented control frame");
        return header.PayloadLength > MaxControlPayload ? Broken("control frame too long") : default;
    }

    private static ProtocolFault Broken(string reason) => new(CloseCode.ProtocolError, reason);
}
