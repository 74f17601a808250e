using System.Buffers.Text;

namespace Peers;

// ISO 8601-1 as System.Text.Json writes it: no trailing zeros in a second's fraction.
public ref partial struct MessageWriter
{
    // "2026-01-31T13:37:00.1234567+02:00" with its quotes has 35; a TimeSpan has 26 and its quotes.
    private const int MaxDateLength = 40;

    /// <summary>Writes a date with its time: ISO 8601, with <c>Z</c> for UTC, the offset for local time, nothing for neither.</summary>
    public void Write(DateTime value)
    {
        Utf8Formatter.TryFormat(value, Free(MaxDateLength)[1..], out var length, 'O');
        CompleteDate(length);
    }

    /// <summary>Writes a date with its time and offset: ISO 8601.</summary>
    public void Write(DateTimeOffset value)
    {
        Utf8Formatter.TryFormat(value, Free(MaxDateLength)[1..], out var length, 'O');
        CompleteDate(length);
    }

    /// <summary>Writes a date: <c>2026-01-31</c>.</summary>
    public void Write(DateOnly value)
    {
        value.TryFormat(Free(MaxDateLength)[1..], out var length, "O", System.Globalization.CultureInfo.InvariantCulture);
        CompleteQuoted(length);
    }

    /// <summary>Writes a time of day: <c>13:37:00</c>, with seven digits of a second's fraction where it has one.</summary>
    public void Write(TimeOnly value) => Write(value.ToTimeSpan());

    /// <summary>Writes a length of time: <c>-1.02:03:04.5678900</c>.</summary>
    public void Write(TimeSpan value)
    {
        Utf8Formatter.TryFormat(value, Free(MaxDateLength)[1..], out var length, 'c');
        CompleteQuoted(length);
    }

    // 2026-01-31T13:37:00.1234500+02:00: the zeros from the 27th byte backwards go, with all seven the point as well, and the offset moves up.
    private void CompleteDate(int length)
    {
        const int Point = 19, FractionEnd = 27;
        var text = _bytes.Slice(_at + 1, length);
        var end = FractionEnd;
        while (text[end - 1] == '0') end--;
        if (end == Point + 1) end = Point;

        text[FractionEnd..].CopyTo(text[end..]);
        CompleteQuoted(length - (FractionEnd - end));
    }

    private void CompleteQuoted(int length)
    {
        _bytes[_at] = (byte)'"';
        _bytes[_at + 1 + length] = (byte)'"';
        _at += length + 2;
    }
}
