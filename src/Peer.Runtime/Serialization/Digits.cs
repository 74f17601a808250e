using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Peers;

/// <summary>Whole numbers as decimal digits, put where room for them is known to be.</summary>
internal static class Digits
{
    /// <summary>The most that is put: 20 digits, or 19 and a minus.</summary>
    internal const int MaxLength = 20;

    private static readonly ulong[] s_powersOfTen =
    [
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000, 100_000_000_000,
        1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000, 10_000_000_000_000_000,
        100_000_000_000_000_000, 1_000_000_000_000_000_000, 10_000_000_000_000_000_000,
    ];

    private static ReadOnlySpan<byte> Pairs =>
        "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849"u8 +
        "5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899"u8;

    /// <summary>Ten to the power of 0 to 19.</summary>
    public static ulong PowerOfTen(int exponent) => s_powersOfTen[exponent];

    /// <summary>Puts a number without leading zeros; returns its length.</summary>
    public static int Put(ref byte to, uint value)
    {
        if (value < 10)
        {
            to = (byte)('0' + value);
            return 1;
        }

        var length = Count(value);
        PutFixed(ref to, value, length);
        return length;
    }

    /// <inheritdoc cref="Put(ref byte, uint)"/>
    public static int Put(ref byte to, int value)
    {
        if (value >= 0) return Put(ref to, (uint)value);

        to = (byte)'-';
        return 1 + Put(ref Unsafe.Add(ref to, 1), 0u - (uint)value);
    }

    /// <inheritdoc cref="Put(ref byte, uint)"/>
    public static int Put(ref byte to, ulong value)
    {
        if (value <= uint.MaxValue) return Put(ref to, (uint)value);

        var length = Count(value);
        var at = length;
        do
        {
            at -= 8;
            var rest = value / 100_000_000;
            PutFixed(ref Unsafe.Add(ref to, at), (uint)(value - (rest * 100_000_000)), 8);
            value = rest;
        }
        while (value >= 100_000_000);

        if (at > 0) PutFixed(ref to, (uint)value, at);
        return length;
    }

    /// <inheritdoc cref="Put(ref byte, uint)"/>
    public static int Put(ref byte to, long value)
    {
        if (value >= 0) return Put(ref to, (ulong)value);

        to = (byte)'-';
        return 1 + Put(ref Unsafe.Add(ref to, 1), 0ul - (ulong)value);
    }

    /// <summary>Puts exactly so many digits, leading zeros included.</summary>
    public static void PutFixed(ref byte to, uint value, int length)
    {
        Debug.Assert(length == 10 || value < s_powersOfTen[length]);
        while (length >= 2)
        {
            length -= 2;
            var rest = value / 100;
            PutPair(ref Unsafe.Add(ref to, length), value - (rest * 100));
            value = rest;
        }

        if (length > 0) to = (byte)('0' + value);
    }

    /// <summary>Puts the two digits of a number below 100.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PutPair(ref byte to, uint value) =>
        Unsafe.WriteUnaligned(ref to, Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref MemoryMarshal.GetReference(Pairs), value * 2)));

    // A number of n bits has n × log10(2) digits, or one more.
    private static int Count(ulong value)
    {
        var least = ((BitOperations.Log2(value) + 1) * 1233) >> 12;
        return value >= s_powersOfTen[least] ? least + 1 : least;
    }
}
