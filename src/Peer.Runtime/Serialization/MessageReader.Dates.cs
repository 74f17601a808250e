using System.Buffers.Text;
using System.Text.Json;

namespace Peers;

// ISO 8601-1 as System.Text.Json reads it: the forms that we write are read here, the others (offsets of a DateTime, no seconds) there.
public ref partial struct MessageReader
{
    /// <summary>Reads a date with its time: ISO 8601, with <c>Z</c>, an offset (turned into local time), or neither.</summary>
    public bool TryRead(out DateTime value)
    {
        value = default;
        if (!TryReadDateToken(out var token)) return false;
        if (TryCommonDate(token[1..^1], out var ticks, out var zone))
        {
            if (zone.IsEmpty || (zone.Length == 1 && zone[0] == 'Z'))
            {
                value = new(ticks, zone.IsEmpty ? DateTimeKind.Unspecified : DateTimeKind.Utc);
                return true;
            }
        }

        var reader = new Utf8JsonReader(token);
        return (reader.Read() && reader.TryGetDateTime(out value)) || Fail("A date with its time was expected.");
    }

    /// <summary>Reads a date with its time and offset: ISO 8601; without an offset it is local time.</summary>
    public bool TryRead(out DateTimeOffset value)
    {
        value = default;
        if (!TryReadDateToken(out var token)) return false;
        if (TryCommonDate(token[1..^1], out var ticks, out var zone) && TryOffset(zone, out var offset)
            && (ulong)(ticks - offset) <= (ulong)DateTime.MaxValue.Ticks)
        {
            value = new(ticks, new TimeSpan(offset));
            return true;
        }

        var reader = new Utf8JsonReader(token);
        return (reader.Read() && reader.TryGetDateTimeOffset(out value)) || Fail("A date with its time and offset was expected.");
    }

    /// <summary>Reads a date: <c>2026-01-31</c>.</summary>
    public bool TryRead(out DateOnly value)
    {
        value = default;
        if (!TryReadText(out var text)) return false;
        if (text.Length != 10 || !TryDay(text, out var ticks)) return Fail("A date was expected.");

        value = DateOnly.FromDayNumber((int)(ticks / TimeSpan.TicksPerDay));
        return true;
    }

    /// <summary>Reads a time of day: <c>13:37:00</c>, with up to seven digits of a second's fraction, or without seconds.</summary>
    public bool TryRead(out TimeOnly value)
    {
        value = default;
        if (!TryReadText(out var text)) return false;

        var separator = text.IndexOfAny((byte)'.', (byte)':');
        if (text.Length is < 3 or > 16 || separator <= 0 || text[separator] == '.' || (uint)(text[0] - '0') > 9
            || !Utf8Parser.TryParse(text, out TimeSpan time, out var consumed, 'c') || consumed != text.Length
            || (ulong)time.Ticks >= TimeSpan.TicksPerDay)
        {
            return Fail("A time of day was expected.");
        }

        value = new(time.Ticks);
        return true;
    }

    /// <summary>Reads a length of time: <c>-1.02:03:04.5678900</c>.</summary>
    public bool TryRead(out TimeSpan value)
    {
        value = default;
        if (!TryReadText(out var text)) return false;

        // Utf8Parser takes white space in front.
        var isTrimmed = text.Length > 0 && (text[0] == '-' || (uint)(text[0] - '0') <= 9);
        return (isTrimmed && Utf8Parser.TryParse(text, out value, out var consumed, 'c') && consumed == text.Length)
            || Fail("A length of time was expected.");
    }

    // The string with its quotes. Utf8JsonReader throws for a surrogate that stands alone.
    private bool TryReadDateToken(out ReadOnlySpan<byte> token)
    {
        SkipSpace();
        var start = _at;
        token = default;
        if (!TryTakeString(out var contents)) return false;
        if (contents.Contains((byte)'\\') && !JsonText.TryUnescape(contents, out _)) return Fail("A surrogate stands alone in a string.");

        token = _json[start.._at];
        return true;
    }

    // YYYY-MM-DDTHH:MM:SS[.F{1,7}][zone]
    private static bool TryCommonDate(ReadOnlySpan<byte> text, out long ticks, out ReadOnlySpan<byte> zone)
    {
        zone = default;
        if (text.Length < 19 || !TryDay(text, out ticks) || text[10] != 'T' || text[13] != ':' || text[16] != ':')
        {
            ticks = 0;
            return false;
        }

        var hour = TwoDigits(text, 11);
        var minute = TwoDigits(text, 14);
        var second = TwoDigits(text, 17);
        if (hour > 23 || minute > 59 || second > 59) return false;

        ticks += (((hour * 60L) + minute) * 60 + second) * TimeSpan.TicksPerSecond;
        var at = 19;
        if (text.Length > 19 && text[19] == '.')
        {
            var unit = TimeSpan.TicksPerSecond;
            for (at = 20; at < text.Length && (uint)(text[at] - '0') <= 9; at++)
            {
                unit /= 10;
                ticks += unit * (text[at] - '0');
            }

            if (at is 20 or > 27) return false;
        }

        zone = text[at..];
        return true;
    }

    private static bool TryDay(ReadOnlySpan<byte> text, out long ticks)
    {
        ticks = 0;
        if (text[4] != '-' || text[7] != '-') return false;

        var century = TwoDigits(text, 0);
        var year = TwoDigits(text, 2);
        var month = TwoDigits(text, 5);
        var day = TwoDigits(text, 8);
        if (century > 99 || year > 99 || month is 0 or > 12 || day is 0 or > 31) return false;

        year += century * 100;
        if (year == 0 || day > DateTime.DaysInMonth((int)year, (int)month)) return false;

        ticks = new DateTime((int)year, (int)month, (int)day).Ticks;
        return true;
    }

    // Z or +HH:MM, up to 14 hours.
    private static bool TryOffset(ReadOnlySpan<byte> zone, out long offset)
    {
        offset = 0;
        if (zone.Length == 1) return zone[0] == 'Z';
        if (zone.Length != 6 || zone[0] is not ((byte)'+' or (byte)'-') || zone[3] != ':') return false;

        var hours = TwoDigits(zone, 1);
        var minutes = TwoDigits(zone, 4);
        if (minutes > 59 || (hours * 60) + minutes > 14 * 60) return false;

        offset = ((hours * 60L) + minutes) * TimeSpan.TicksPerMinute;
        if (zone[0] == '-') offset = -offset;
        return true;
    }

    // Above 99 where they are no digits.
    private static uint TwoDigits(ReadOnlySpan<byte> text, int at)
    {
        var tens = (uint)(text[at] - '0');
        var ones = (uint)(text[at + 1] - '0');
        return tens > 9 || ones > 9 ? 1000 : (tens * 10) + ones;
    }
}
