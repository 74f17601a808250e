using System.Buffers.Text;
using System.Runtime.CompilerServices;

namespace Peers;

// ISO 8601-1 as System.Text.Json writes it: no trailing zeros in a second's fraction.
public ref partial struct MessageWriter
{
    // -10675199.02:48:05.4775808
    private const int MaxTimeLength = 26;

    /// <summary>Writes a date with its time: ISO 8601, with <c>Z</c> for UTC, the offset for local time, nothing for neither.</summary>
    public void Write(DateTime value) => Write(default, value);

    /// <summary>Writes a date with its time and offset: ISO 8601.</summary>
    public void Write(DateTimeOffset value) => Write(default, value);

    /// <summary>Writes a date: <c>2026-01-31</c>.</summary>
    public void Write(DateOnly value)
    {
        ref var free = ref Reserve(default, IsoDates.DayLength + 2);
        IsoDates.PutDay(ref Unsafe.Add(ref free, 1), value.Year, value.Month, value.Day);
        EndQuoted(ref free, 0, IsoDates.DayLength);
    }

    /// <summary>Writes a time of day: <c>13:37:00</c>, with seven digits of a second's fraction where it has one.</summary>
    public void Write(TimeOnly value) => Write(value.ToTimeSpan());

    /// <summary>Writes a length of time: <c>-1.02:03:04.5678900</c>.</summary>
    public void Write(TimeSpan value)
    {
        var free = Free(MaxTimeLength + 2);
        Utf8Formatter.TryFormat(value, free[1..], out var length, 'c');
        EndQuoted(ref free[0], 0, length);
    }
}
