using System.Buffers.Binary;

namespace Peers.Bench.Load;

/// <summary>Frames as a client sends them, RFC 6455 §5.2, made once and sent many times.</summary>
internal static class ClientFrame
{
    private const byte FinalText = 0x81;
    private const byte FinalBinary = 0x82;
    private const byte Masked = 0x80;

    // RFC 6455 §5.3 asks for keys that cannot be foreseen, to protect proxies; there is none here.
    private static readonly byte[] s_key = [0x37, 0xfa, 0x21, 0x3d];

    public static byte[] Text(ReadOnlySpan<byte> payload) => Of(FinalText, payload);

    public static byte[] Binary(ReadOnlySpan<byte> payload) => Of(FinalBinary, payload);

    /// <summary>A frame with what a client of this dialect asks.</summary>
    public static byte[] Request(Dialect dialect) => Of(dialect.IsBinary ? FinalBinary : FinalText, dialect.Request);

    /// <summary>Masks a part of the payload of a frame, where it stands.</summary>
    public static void Mask(Span<byte> part, int offsetInPayload)
    {
        for (var i = 0; i < part.Length; i++) part[i] ^= s_key[(offsetInPayload + i) & 3];
    }

    private static byte[] Of(byte first, ReadOnlySpan<byte> payload)
    {
        Span<byte> header = stackalloc byte[8];
        header[0] = first;
        var length = WriteHeader(header, payload.Length);
        var frame = new byte[length + s_key.Length + payload.Length];
        header[..length].CopyTo(frame);
        s_key.CopyTo(frame, length);
        for (var i = 0; i < payload.Length; i++) frame[length + s_key.Length + i] = (byte)(payload[i] ^ s_key[i & 3]);
        return frame;
    }

    private static int WriteHeader(Span<byte> header, int payloadLength)
    {
        if (payloadLength <= 125)
        {
            header[1] = (byte)(Masked | payloadLength);
            return 2;
        }

        header[1] = Masked | 126;
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], checked((ushort)payloadLength));
        return 4;
    }
}
