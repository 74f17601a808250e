using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Peers;

/// <summary>Reals that are decimals of a few digits, as most are that people and sensors make; put where room for them is known to be.</summary>
/// <remarks>
/// A double tells apart all decimals of up to 15 digits, a float those of up to 6: the one that gives the value is the shortest, and so what
/// the general algorithm would come to. Below 0.0001 that one writes an exponent.
/// </remarks>
internal static class ShortDecimals
{
    /// <summary>The most that is put: a minus, 15 digits and a point.</summary>
    internal const int MaxLength = 17;

    private const double MostDigitsOfDouble = 1e15;
    private const double MostDigitsOfFloat = 1e6;
    private const double Least = 1e-4;
    private const double NoFractions = 1L << 52;

    /// <summary>Puts the number where it has at most 15 digits, at most seven of them behind the point.</summary>
    /// <returns>Its length; 0 where it has more.</returns>
    public static int Put(ref byte to, double value)
    {
        var magnitude = Math.Abs(value);
        if (!(magnitude is >= Least and < MostDigitsOfDouble)) return IsZero(value) ? PutZero(ref to) : 0;

        // One division by an exact power of ten rounds once, so it gives the value that reading the decimal would.
        var all = Vector256.Create(magnitude);
        var scaled = Round(all * Vector256.Create(1, 1e1, 1e2, 1e3));
        var exact = Vector256.Equals(scaled / Vector256.Create(1, 1e1, 1e2, 1e3), all).ExtractMostSignificantBits();
        var places = BitOperations.TrailingZeroCount(exact);
        if (exact == 0)
        {
            scaled = Round(all * Vector256.Create(1e4, 1e5, 1e6, 1e7));
            exact = Vector256.Equals(scaled / Vector256.Create(1e4, 1e5, 1e6, 1e7), all).ExtractMostSignificantBits();
            if (exact == 0) return 0;
            places = 4 + BitOperations.TrailingZeroCount(exact);
        }

        var digits = scaled.GetElement(places & 3);
        return digits < MostDigitsOfDouble ? Put(ref to, double.IsNegative(value), (ulong)digits, places) : 0;
    }

    /// <summary>Puts the number where it has at most 6 digits.</summary>
    /// <returns>Its length; 0 where it has more.</returns>
    public static int Put(ref byte to, float value)
    {
        double magnitude = Math.Abs(value);
        if (!(magnitude is >= Least and < MostDigitsOfFloat)) return IsZero(value) ? PutZero(ref to) : 0;

        var scale = 1.0;
        for (var places = 0; places <= 6; places++, scale *= 10)
        {
            var digits = Math.Round(magnitude * scale);
            if (digits >= MostDigitsOfFloat) return 0;
            if ((float)(digits / scale) == (float)magnitude) return Put(ref to, float.IsNegative(value), (ulong)digits, places);
        }

        return 0;
    }

    // Beyond 2^52 there are no fractions to drop.
    private static Vector256<double> Round(Vector256<double> values) => values + Vector256.Create(NoFractions) - Vector256.Create(NoFractions);

    // Not that of negative zero, which is written with its minus.
    private static bool IsZero(double value) => BitConverter.DoubleToInt64Bits(value) == 0;

    private static int PutZero(ref byte to)
    {
        to = (byte)'0';
        return 1;
    }

    private static int Put(ref byte to, bool isNegative, ulong digits, int places)
    {
        var at = 0;
        if (isNegative)
        {
            to = (byte)'-';
            at = 1;
        }

        if (places == 0) return at + Digits.Put(ref Unsafe.Add(ref to, at), digits);

        var scale = Digits.PowerOfTen(places);
        var whole = digits / scale;
        at += Digits.Put(ref Unsafe.Add(ref to, at), whole);
        Unsafe.Add(ref to, at) = (byte)'.';
        Digits.PutFixed(ref Unsafe.Add(ref to, at + 1), (uint)(digits - (whole * scale)), places);
        return at + 1 + places;
    }
}
