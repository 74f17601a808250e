using System.Buffers.Binary;

namespace Peers.WebSockets;

/// <summary>Writes frame headers.</summary>
// RFC 6455 §5.2:  FIN RSV RSV RSV OPCODE(4) | MASK LEN(7) | LEN(16|64)? | KEY(32)?
internal static class FrameWriter
{
    /// <summary>The longest header in bytes.</summary>
    public const int MaxHeaderLength = FrameHeader.MaxLength;

    private const int KeyLength = sizeof(uint);

    /// <summary>The length in bytes of the header of a frame.</summary>
    /// <param name="payloadLength">The payload's length, not negative.</param>
    /// <param name="masked">Whether the frame is masked, as a client's are.</param>
    public static int HeaderLength(long payloadLength, bool masked) =>
        LengthFieldEnd(payloadLength) + (masked ? KeyLength : 0);

    /// <summary>Writes the header of a server's frame.</summary>
    /// <param name="destination">At least <see cref="HeaderLength"/> bytes.</param>
    /// <param name="opcode">What it carries.</param>
    /// <param name="fin">Whether it is its message's last frame.</param>
    /// <param name="payloadLength">The payload's length in bytes, not negative.</param>
    /// <returns>The header's length in bytes.</returns>
    public static int WriteHeader(Span<byte> destination, Opcode opcode, bool fin, long payloadLength) =>
        WriteStart(destination, opcode, fin, payloadLength, maskBit: 0);

    /// <summary>Writes the header of a server's frame, compressed or not.</summary>
    /// <param name="destination">At least <see cref="HeaderLength"/> bytes.</param>
    /// <param name="opcode">What it carries.</param>
    /// <param name="fin">Whether it is its message's last frame.</param>
    /// <param name="payloadLength">The payload's length in bytes, not negative.</param>
    /// <param name="isCompressed">Whether the message is compressed, which its first frame tells: RFC 7692 §6.</param>
    /// <returns>The header's length in bytes.</returns>
    public static int WriteHeader(Span<byte> destination, Opcode opcode, bool fin, long payloadLength, bool isCompressed)
    {
        int length = WriteHeader(destination, opcode, fin, payloadLength);
        if (isCompressed) destination[0] |= FrameHeader.Rsv1;
        return length;
    }

    /// <summary>Writes the header of a client's frame; <see cref="Masking.Apply"/> masks its payload.</summary>
    /// <param name="destination">At least <see cref="HeaderLength"/> bytes.</param>
    /// <param name="opcode">What it carries.</param>
    /// <param name="fin">Whether it is its message's last frame.</param>
    /// <param name="payloadLength">The payload's length in bytes, not negative.</param>
    /// <param name="maskingKey">A new key for each frame that the sender of the payload cannot foresee, §5.3.</param>
    /// <returns>The header's length in bytes.</returns>
    public static int WriteHeader(Span<byte> destination, Opcode opcode, bool fin, long payloadLength, uint maskingKey)
    {
        int length = WriteStart(destination, opcode, fin, payloadLength, maskBit: 0x80);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[length..], maskingKey);
        return length + KeyLength;
    }

    private static int WriteStart(Span<byte> destination, Opcode opcode, bool fin, long payloadLength, byte maskBit)
    {
        int length = LengthFieldEnd(payloadLength);
        if (length == 10) BinaryPrimitives.WriteInt64BigEndian(destination[2..], payloadLength);
        if (length == 4) BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)payloadLength);
        destination[1] = (byte)(maskBit | length switch { 10 => 127, 4 => 126, _ => (int)payloadLength });
        destination[0] = (byte)((byte)opcode | (fin ? 0x80 : 0));
        return length;
    }

    private static int LengthFieldEnd(long payloadLength) => payloadLength switch { <= 125 => 2, <= ushort.MaxValue => 4, _ => 10 };
}
