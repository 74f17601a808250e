using System.Runtime.CompilerServices;

namespace Peers;

/// <summary>Dates and times of ISO 8601-1, put where room for them is known to be.</summary>
internal static class IsoDates
{
    /// <summary>The most that is put: <c>2026-01-31T13:37:00.1234567+02:00</c>.</summary>
    internal const int MaxLength = 33;

    /// <summary><c>2026-01-31</c></summary>
    internal const int DayLength = 10;

    /// <summary>Puts date and time with <c>Z</c>, an offset, or neither; returns their length.</summary>
    public static int Put(ref byte to, DateTime value)
    {
        var length = PutWithoutZone(ref to, value);
        if (value.Kind == DateTimeKind.Unspecified) return length;
        if (value.Kind == DateTimeKind.Local) return length + PutOffset(ref Unsafe.Add(ref to, length), (int)TimeZoneInfo.Local.GetUtcOffset(value).TotalMinutes);

        Unsafe.Add(ref to, length) = (byte)'Z';
        return length + 1;
    }

    /// <summary>Puts date, time and offset; returns their length.</summary>
    public static int Put(ref byte to, DateTimeOffset value)
    {
        var length = PutWithoutZone(ref to, value.DateTime);
        return length + PutOffset(ref Unsafe.Add(ref to, length), value.TotalOffsetMinutes);
    }

    /// <summary>Puts <c>2026-01-31</c>.</summary>
    public static void PutDay(ref byte to, int year, int month, int day)
    {
        var (century, rest) = Math.DivRem((uint)year, 100);
        Digits.PutPair(ref to, century);
        Digits.PutPair(ref Unsafe.Add(ref to, 2), rest);
        Unsafe.Add(ref to, 4) = (byte)'-';
        Digits.PutPair(ref Unsafe.Add(ref to, 5), (uint)month);
        Unsafe.Add(ref to, 7) = (byte)'-';
        Digits.PutPair(ref Unsafe.Add(ref to, 8), (uint)day);
    }

    private static int PutWithoutZone(ref byte to, DateTime value)
    {
        var (year, month, day) = value;
        PutDay(ref to, year, month, day);
        Unsafe.Add(ref to, 10) = (byte)'T';

        var ticks = (ulong)value.TimeOfDay.Ticks;
        var seconds = (uint)(ticks / TimeSpan.TicksPerSecond);
        var fraction = (uint)(ticks - (seconds * (ulong)TimeSpan.TicksPerSecond));
        var minutes = seconds / 60;
        var hours = minutes / 60;
        Digits.PutPair(ref Unsafe.Add(ref to, 11), hours);
        Unsafe.Add(ref to, 13) = (byte)':';
        Digits.PutPair(ref Unsafe.Add(ref to, 14), minutes - (hours * 60));
        Unsafe.Add(ref to, 16) = (byte)':';
        Digits.PutPair(ref Unsafe.Add(ref to, 17), seconds - (minutes * 60));
        return fraction == 0 ? 19 : PutFraction(ref to, fraction);
    }

    // As System.Text.Json does, without trailing zeros.
    private static int PutFraction(ref byte to, uint fraction)
    {
        Unsafe.Add(ref to, 19) = (byte)'.';
        var length = 7;
        if (fraction % 10_000 == 0) (fraction, length) = (fraction / 10_000, 3);
        while (fraction % 10 == 0) (fraction, length) = (fraction / 10, length - 1);

        Digits.PutFixed(ref Unsafe.Add(ref to, 20), fraction, length);
        return 20 + length;
    }

    // +02:00
    private static int PutOffset(ref byte to, int offset)
    {
        to = offset < 0 ? (byte)'-' : (byte)'+';
        var (hours, minutes) = Math.DivRem((uint)Math.Abs(offset), 60);
        Digits.PutPair(ref Unsafe.Add(ref to, 1), hours);
        Unsafe.Add(ref to, 3) = (byte)':';
        Digits.PutPair(ref Unsafe.Add(ref to, 4), minutes);
        return 6;
    }
}
