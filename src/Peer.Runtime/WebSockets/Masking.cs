using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Peers.WebSockets;

/// <summary>Masks and unmasks payloads in place, RFC 6455 §5.3.</summary>
internal static class Masking
{
    /// <summary>Masks or unmasks and tells, for next to nothing, whether every byte came out as ASCII.</summary>
    /// <param name="payload">The bytes, the first of them under the key's first byte: see <see cref="KeyAt"/>.</param>
    /// <param name="key">The key as <see cref="FrameHeader.MaskingKey"/> gives it.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Apply(Span<byte> payload, uint key)
    {
        ref byte start = ref MemoryMarshal.GetReference(payload);
        if (payload.Length < Vector128<byte>.Count) return ApplyShort(ref start, payload.Length, key);
        if (payload.Length <= 2 * Vector128<byte>.Count) return ApplyMedium(ref start, payload.Length, key);
        return ApplyLong(ref start, payload.Length, key);
    }

    /// <summary>The key for a payload's rest, after its first <paramref name="offset"/> bytes.</summary>
    public static uint KeyAt(uint key, int offset) => BitOperations.RotateRight(key, offset * 8);

    // What covers the end overlaps what goes before it. It is read before anything is written, so both write the same bytes there.

    private static bool ApplyLong(ref byte start, int length, uint key)
    {
        int width = Vector256<byte>.Count;
        int end = length - width;
        var keys = Vector256.Create(Native(key)).AsByte();
        var last = Load256(ref start, end) ^ Vector256.Create(Native(KeyAt(key, end))).AsByte();
        var seen = last;
        int at = 0;
        for (; at + (4 * width) <= end; at += 4 * width)
        {
            var a = Load256(ref start, at) ^ keys;
            var b = Load256(ref start, at + width) ^ keys;
            var c = Load256(ref start, at + (2 * width)) ^ keys;
            var d = Load256(ref start, at + (3 * width)) ^ keys;
            a.StoreUnsafe(ref start, (nuint)at);
            b.StoreUnsafe(ref start, (nuint)(at + width));
            c.StoreUnsafe(ref start, (nuint)(at + (2 * width)));
            d.StoreUnsafe(ref start, (nuint)(at + (3 * width)));
            seen |= a | b | c | d;
        }
        for (; at < end; at += width)
        {
            var next = Load256(ref start, at) ^ keys;
            next.StoreUnsafe(ref start, (nuint)at);
            seen |= next;
        }
        last.StoreUnsafe(ref start, (nuint)end);
        return seen.ExtractMostSignificantBits() == 0;
    }

    private static bool ApplyMedium(ref byte start, int length, uint key)
    {
        int end = length - Vector128<byte>.Count;
        var first = Vector128.LoadUnsafe(ref start) ^ Vector128.Create(Native(key)).AsByte();
        var last = Vector128.LoadUnsafe(ref start, (nuint)end) ^ Vector128.Create(Native(KeyAt(key, end))).AsByte();
        first.StoreUnsafe(ref start);
        last.StoreUnsafe(ref start, (nuint)end);
        return (first | last).ExtractMostSignificantBits() == 0;
    }

    private static bool ApplyShort(ref byte start, int length, uint key)
    {
        const ulong NonAscii = 0x8080808080808080;
        if (length >= sizeof(ulong))
        {
            int end = length - sizeof(ulong);
            ulong first = Unsafe.ReadUnaligned<ulong>(ref start) ^ Doubled(key);
            ulong last = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, end)) ^ Doubled(KeyAt(key, end));
            Unsafe.WriteUnaligned(ref start, first);
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref start, end), last);
            return ((first | last) & NonAscii) == 0;
        }
        byte seen = 0;
        for (int at = 0; at < length; at++) seen |= Unsafe.Add(ref start, at) ^= (byte)KeyAt(key, at);
        return seen < 0x80;
    }

    private static Vector256<byte> Load256(ref byte start, int at) => Vector256.LoadUnsafe(ref start, (nuint)at);

    private static ulong Doubled(uint key) => Native(key) * 0x1_0000_0001ul;

    private static uint Native(uint key) => BitConverter.IsLittleEndian ? key : BinaryPrimitives.ReverseEndianness(key);
}
