using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Peers.TestKit;

/// <summary>A frame as it stood on the wire.</summary>
/// <param name="Opcode">The opcode, which may be a reserved value.</param>
/// <param name="Payload">The payload, unmasked.</param>
/// <param name="Fin">Whether it was its message's last.</param>
/// <param name="Rsv">The reserved bits, RSV1 the highest.</param>
public sealed record RawFrame(RawOpcode Opcode, byte[] Payload, bool Fin = true, int Rsv = 0)
{
    /// <summary>The payload as text.</summary>
    public string Text => Encoding.UTF8.GetString(Payload);

    /// <summary>The code of a close frame; null where it has none.</summary>
    public int? CloseCode => Payload.Length < 2 ? null : BinaryPrimitives.ReadUInt16BigEndian(Payload);

    /// <summary>The reason of a close frame.</summary>
    public string CloseReason => Payload.Length < 2 ? "" : Encoding.UTF8.GetString(Payload.AsSpan(2));

    /// <summary>The bytes of a client's frame, right or wrong as the parameters ask for.</summary>
    public static byte[] Write(RawOpcode opcode, ReadOnlySpan<byte> payload, bool fin = true, bool masked = true, int rsv = 0)
    {
        var frame = new List<byte> { (byte)((fin ? 0x80 : 0) | (rsv << 4) | (int)opcode) };
        var maskBit = masked ? 0x80 : 0;
        if (payload.Length < 126)
        {
            frame.Add((byte)(maskBit | payload.Length));
        }
        else if (payload.Length <= ushort.MaxValue)
        {
            frame.AddRange([(byte)(maskBit | 126), (byte)(payload.Length >> 8), (byte)payload.Length]);
        }
        else
        {
            frame.Add((byte)(maskBit | 127));
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64BigEndian(length, payload.Length);
            frame.AddRange(length);
        }

        var key = RandomNumberGenerator.GetBytes(4);
        if (masked) frame.AddRange(key);
        var start = frame.Count;
        frame.AddRange(payload);
        var bytes = frame.ToArray();
        for (var i = start; masked && i < bytes.Length; i++) bytes[i] ^= key[(i - start) % 4];
        return bytes;
    }

    /// <summary>The bytes of a client's text frame.</summary>
    public static byte[] Write(string text) => Write(RawOpcode.Text, Encoding.UTF8.GetBytes(text));

    /// <summary>The payload of a close frame.</summary>
    public static byte[] ClosePayload(int code, string reason = "") => [(byte)(code >> 8), (byte)code, .. Encoding.UTF8.GetBytes(reason)];
}

/// <summary>What a frame carries, RFC 6455 §5.2.</summary>
public enum RawOpcode : byte
{
    /// <summary>More of a message.</summary>
    Continuation = 0,
    /// <summary>Text.</summary>
    Text = 1,
    /// <summary>Binary.</summary>
    Binary = 2,
    /// <summary>Close.</summary>
    Close = 8,
    /// <summary>Ping.</summary>
    Ping = 9,
    /// <summary>Pong.</summary>
    Pong = 10,
}
