using System.Buffers.Binary;
using System.Numerics;

namespace Peers.WebSockets;

/// <summary>SHA-1, RFC 3174, for the opening handshake, which hashes 60 bytes and keeps nothing secret by it.</summary>
/// <remarks>The base library's is OpenSSL's, which takes as long to load as all else until the first handshake of a native binary.</remarks>
internal static class Sha1
{
    /// <summary>The length of a hash in bytes.</summary>
    public const int Length = 20;

    private const int BlockLength = 64;
    private const byte End = 0x80;

    /// <summary>Hashes a text of any length.</summary>
    public static void Hash(ReadOnlySpan<byte> text, Span<byte> hash)
    {
        Span<uint> state = [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0];
        ReadOnlySpan<byte> rest = text;
        for (; rest.Length >= BlockLength; rest = rest[BlockLength..]) Add(rest[..BlockLength], state);

        // §4: a one bit, zeros, and the length in bits at the end of a block.
        Span<byte> tail = stackalloc byte[BlockLength * 2];
        tail.Clear();
        rest.CopyTo(tail);
        tail[rest.Length] = End;
        int length = rest.Length + 1 + sizeof(ulong) <= BlockLength ? BlockLength : BlockLength * 2;
        BinaryPrimitives.WriteUInt64BigEndian(tail[(length - sizeof(ulong))..length], (ulong)text.Length * 8);
        for (int i = 0; i < length; i += BlockLength) Add(tail.Slice(i, BlockLength), state);
        for (int i = 0; i < state.Length; i++) BinaryPrimitives.WriteUInt32BigEndian(hash[(i * sizeof(uint))..], state[i]);
    }

    // §6.1
    private static void Add(ReadOnlySpan<byte> block, Span<uint> state)
    {
        Span<uint> words = stackalloc uint[80];
        for (int t = 0; t < 16; t++) words[t] = BinaryPrimitives.ReadUInt32BigEndian(block[(t * sizeof(uint))..]);
        for (int t = 16; t < words.Length; t++) words[t] = BitOperations.RotateLeft(words[t - 3] ^ words[t - 8] ^ words[t - 14] ^ words[t - 16], 1);

        (uint a, uint b, uint c, uint d, uint e) = (state[0], state[1], state[2], state[3], state[4]);
        for (int t = 0; t < words.Length; t++)
        {
            (a, b, c, d, e) = (BitOperations.RotateLeft(a, 5) + Mix(t, b, c, d) + e + words[t], a, BitOperations.RotateLeft(b, 30), c, d);
        }

        state[0] += a;
        state[1] += b;
        state[2] += c;
        state[3] += d;
        state[4] += e;
    }

    // §5: the function of a round and its constant.
    private static uint Mix(int t, uint b, uint c, uint d) => (t / 20) switch
    {
        0 => ((b & c) | (~b & d)) + 0x5A827999,
        1 => (b ^ c ^ d) + 0x6ED9EBA1,
        2 => ((b & c) | (b & d) | (c & d)) + 0x8F1BBCDC,
        _ => (b ^ c ^ d) + 0xCA62C1D6,
    };
}
