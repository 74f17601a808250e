using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Peers;

/// <summary>16 bytes as 32 hexadecimal digits and back, sixteen digits at once, with nothing that every processor does not have.</summary>
internal static class HexDigits
{
    /// <summary>How long a GUID is in its form with hyphens.</summary>
    internal const int GuidLength = 36;

    /// <summary>Puts the lowercase digits of a GUID, with hyphens.</summary>
    public static void Put(ref byte to, Guid value)
    {
        // By halves, as it was passed: a whole vector would wait for both to reach memory.
        ref var half = ref Unsafe.As<Guid, ulong>(ref value);
        var all = Vector128.Create(InOrder(half), Unsafe.Add(ref half, 1)).AsByte();
        var start = Of(Vector128.WidenLower(all));
        var end = Of(Vector128.WidenUpper(all));

        Unsafe.WriteUnaligned(ref to, start.AsUInt64().GetElement(0));
        Unsafe.Add(ref to, 8) = (byte)'-';
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, 9), start.AsUInt32().GetElement(2));
        Unsafe.Add(ref to, 13) = (byte)'-';
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, 14), start.AsUInt32().GetElement(3));
        Unsafe.Add(ref to, 18) = (byte)'-';
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, 19), end.AsUInt32().GetElement(0));
        Unsafe.Add(ref to, 23) = (byte)'-';
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, 24), end.AsUInt32().GetElement(1));
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, 28), end.AsUInt64().GetElement(1));
    }

    /// <summary>Reads a GUID in its form with hyphens, in either case.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out Guid value)
    {
        value = default;
        if (text.Length != GuidLength || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-') return false;

        ref var from = ref Unsafe.AsRef(in text[0]);
        var start = Vector128.Create(
            Unsafe.ReadUnaligned<ulong>(ref from),
            Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref from, 9)) | ((ulong)Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref from, 14)) << 32));
        var end = Vector128.Create(
            Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref from, 19)) | ((ulong)Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref from, 24)) << 32),
            Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref from, 28)));
        if (!TryValues(start.AsByte(), out var high) || !TryValues(end.AsByte(), out var low)) return false;

        var bytes = Vector128.Narrow(high, low).AsUInt64();
        value = Unsafe.BitCast<Vector128<ulong>, Guid>(bytes.WithElement(0, InOrder(bytes.GetElement(0))));
        return true;
    }

    // A GUID begins with an int and two shorts: between that and the order in which they are written, either way.
    private static ulong InOrder(ulong start)
    {
        var shorts = (uint)(start >> 32);
        shorts = ((shorts & 0x00FF00FF) << 8) | ((shorts >> 8) & 0x00FF00FF);
        return BinaryPrimitives.ReverseEndianness((uint)start) | ((ulong)shorts << 32);
    }

    // Eight bytes, each in a unit of its own, as sixteen digits. Little-endian: the high half's digit goes first.
    private static Vector128<byte> Of(Vector128<ushort> bytes)
    {
        var halves = ((bytes >> 4) | (bytes << 8)).AsByte() & Vector128.Create((byte)0x0F);
        var letters = Vector128.GreaterThan(halves, Vector128.Create((byte)9)) & Vector128.Create((byte)('a' - '0' - 10));
        return halves + Vector128.Create((byte)'0') + letters;
    }

    // The values of sixteen digits as eight bytes, each in a unit of its own.
    private static bool TryValues(Vector128<byte> text, out Vector128<ushort> values)
    {
        var digits = text - Vector128.Create((byte)'0');
        var letters = (text | Vector128.Create((byte)0x20)) - Vector128.Create((byte)'a');
        var isDigit = Vector128.LessThan(digits, Vector128.Create((byte)10));
        var isLetter = Vector128.LessThan(letters, Vector128.Create((byte)6));
        var halves = Vector128.ConditionalSelect(isDigit, digits, letters + Vector128.Create((byte)10)).AsUInt16();
        values = ((halves << 4) & Vector128.Create((ushort)0xF0)) | (halves >> 8);
        return (isDigit | isLetter) == Vector128<byte>.AllBitsSet;
    }
}
