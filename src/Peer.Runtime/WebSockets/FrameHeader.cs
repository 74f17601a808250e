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

    private const int Length16 = 126;
    private const int Length64 = 127;
    private const int KeyLength = 4;

    private readonly byte _first;
    private readonly byte _second;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private FrameHeader(byte first, byte second, long payloadLength, uint maskingKey) =>
        (_first, _second, PayloadLength, MaskingKey) = (first, second, payloadLength, maskingKey);

    /// <summary>Whether this frame is its message's last.</summary>
    public bool Fin => (_first & 0x80) != 0;

    /// <summary>The three reserved bits, RSV1 the highest: 0 to 7.</summary>
    public int Rsv => (_first >> 4) & 0x7;

    /// <summary>The opcode, which may be a reserved value.</summary>
    public Opcode Opcode => (Opcode)(_first & 0xF);

    /// <summary>Whether the opcode is in the range of control frames, reserved ones included.</summary>
    public bool IsControl => (_first & 0x8) != 0;

    /// <summary>Whether the payload is masked.</summary>
    public bool Masked => (_second & 0x80) != 0;

    /// <summary>The masking key, its first byte on the wire lowest; 0 where the frame is not masked.</summary>
    public uint MaskingKey { get; }

    /// <summary>The announced length in bytes; negative where the top bit of a 64-bit length was set.</summary>
    public long PayloadLength { get; }

    /// <summary>Whether this is all of a data message: FIN set, no reserved bit, text or binary.</summary>
    public bool IsWholeMessage => _first is 0x81 or 0x82;

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
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryParse(ReadOnlySpan<byte> bytes, out FrameHeader header, out int headerLength)
    {
        // Masked with a 7-bit length: nearly every frame that a server sees.
        if (bytes.Length >= MinLength + KeyLength && bytes[1] is >= 0x80 and < 0x80 + Length16)
        {
            header = new(bytes[0], bytes[1], bytes[1] & 0x7F, BinaryPrimitives.ReadUInt32LittleEndian(bytes[MinLength..]));
            headerLength = MinLength + KeyLength;
            return true;
        }
        return TryParseAny(bytes, out header, out headerLength);
    }

    private static bool TryParseAny(ReadOnlySpan<byte> bytes, out FrameHeader header, out int headerLength)
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
        uint key = bytes[1] >= 0x80 ? BinaryPrimitives.ReadUInt32LittleEndian(bytes[(length - KeyLength)..]) : 0;
        header = new(bytes[0], bytes[1], payloadLength, key);
        headerLength = length;
        return true;
    }

    /// <summary>The length of a whole header, which its second byte tells.</summary>
    public static int LengthOf(byte second) =>
        MinLength + (second & 0x7F) switch { Length16 => sizeof(ushort), Length64 => sizeof(ulong), _ => 0 } + (second >= 0x80 ? KeyLength : 0);
}
