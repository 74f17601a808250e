using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Peers.WebSockets;

/// <summary>The header of one frame as it stood on the wire; whether it is allowed is for <see cref="FrameRules"/> to say.</summary>
// RFC 6455 §5.2:  FIN RSV RSV RSV OPCODE(4) | MASK LEN(7) | LEN(16|64)? | KEY(32)?
internal readonly struct FrameHeader
{
    /// <summary>The longest header: two bytes, a 64-bit length and a masking key.</summary>
    public const int MaxLength = 14;

    /// <summary>The two bytes that every header has.</summary>
    public const int MinLength = 2;

    /// <summary>The first byte of a text message in one frame.</summary>
    public const byte WholeText = 0x81;

    /// <summary>The first byte of a binary message in one frame.</summary>
    public const byte WholeBinary = 0x82;

    /// <summary>In the first byte: the payload is compressed, RFC 7692 §6.</summary>
    public const byte Rsv1 = 0x40;

    private const int Length16 = 126;
    private const int Length64 = 127;
    private const int KeyLength = 4;

    private readonly byte _first;
    private readonly byte _second;

    private FrameHeader(byte first, byte second, long payloadLength, uint maskingKey) =>
        (_first, _second, PayloadLength, MaskingKey) = (first, second, payloadLength, maskingKey);

    /// <summary>Whether this frame is its message's last.</summary>
    public bool Fin => (_first & 0x80) != 0;

    /// <summary>The three reserved bits, RSV1 the highest: 0 to 7.</summary>
    public int Rsv => (_first >> 4) & 0x7;

    /// <summary>Whether RSV1 is set and no other: the message that begins here is compressed, where that was agreed on.</summary>
    public bool IsCompressed => Rsv == 0x4;

    /// <summary>The opcode, which may be a reserved value.</summary>
    public Opcode Opcode => OpcodeOf(_first);

    /// <summary>Whether the opcode is in the range of control frames, reserved ones included.</summary>
    public bool IsControl => (_first & 0x8) != 0;

    /// <summary>Whether the payload is masked.</summary>
    public bool Masked => (_second & 0x80) != 0;

    /// <summary>The masking key, its first byte on the wire lowest; 0 where the frame is not masked.</summary>
    public uint MaskingKey { get; }

    /// <summary>The announced length in bytes; negative where the top bit of a 64-bit length was set.</summary>
    public long PayloadLength { get; }

    /// <summary>Whether the length took the fewest bytes that it could, as it must.</summary>
    public bool IsLengthMinimal => (_second & 0x7F) switch
    {
        Length16 => PayloadLength >= Length16,
        Length64 => (ulong)PayloadLength > ushort.MaxValue,
        _ => true,
    };

    /// <summary>Reads the header that <paramref name="bytes"/> begin with. False: it needs more bytes.</summary>
    /// <param name="bytes">What came, from the frame's first byte on.</param>
    /// <param name="header">The header.</param>
    /// <param name="headerLength">Its length in bytes: where the payload begins.</param>
    public static bool TryParse(ReadOnlySpan<byte> bytes, out FrameHeader header, out int headerLength)
    {
        header = default;
        headerLength = 0;
        if (bytes.Length < MinLength) return false;

        int length = LengthOf(bytes[1]);
        if (bytes.Length < length) return false;

        long payloadLength = (bytes[1] & 0x7F) switch
        {
            Length16 => BinaryPrimitives.ReadUInt16BigEndian(bytes[MinLength..]),
            Length64 => BinaryPrimitives.ReadInt64BigEndian(bytes[MinLength..]),
            int small => small,
        };
        uint key = bytes[1] >= 0x80 ? KeyBefore(bytes, length) : 0;
        header = new(bytes[0], bytes[1], payloadLength, key);
        headerLength = length;
        return true;
    }

    /// <summary>The short way for what a server nearly always gets: a masked text or binary message in one frame, here to its end.</summary>
    /// <param name="bytes">What came, from the frame's first byte on.</param>
    /// <param name="payloadStart">Where the payload begins.</param>
    /// <param name="payloadLength">Its length.</param>
    /// <returns>False where it is anything else, or too long for a 16-bit length: parse it, and check it against <see cref="FrameRules"/>.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryMeasureWhole(ReadOnlySpan<byte> bytes, out int payloadStart, out int payloadLength)
    {
        payloadStart = MinLength + KeyLength;
        payloadLength = 0;
        if (bytes.Length < payloadStart || bytes[0] is not (WholeText or WholeBinary) || bytes[1] < 0x80) return false;

        payloadLength = bytes[1] & 0x7F;
        if (payloadLength >= Length16)
        {
            payloadStart += sizeof(ushort);
            if (payloadLength != Length16 || bytes.Length < payloadStart) return false;
            payloadLength = BinaryPrimitives.ReadUInt16BigEndian(bytes[MinLength..]);
            if (payloadLength < Length16) return false;
        }
        return payloadLength <= bytes.Length - payloadStart;
    }

    /// <summary>The opcode in a frame's first byte.</summary>
    public static Opcode OpcodeOf(byte first) => (Opcode)(first & 0xF);

    /// <summary>The masking key of a masked frame whose payload begins at <paramref name="payloadStart"/>.</summary>
    public static uint KeyBefore(ReadOnlySpan<byte> bytes, int payloadStart) =>
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[(payloadStart - KeyLength)..]);

    /// <summary>The length of a whole header, which its second byte tells.</summary>
    public static int LengthOf(byte second) =>
        MinLength + (second & 0x7F) switch { Length16 => sizeof(ushort), Length64 => sizeof(ulong), _ => 0 } + (second >= 0x80 ? KeyLength : 0);
}
