using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;
using System.Text.Unicode;

namespace Peers;

/// <summary>The grammar of RFC 8259 over UTF-8, without meaning: what is well formed, and where values end.</summary>
/// <remarks>Positions are bytes from the start of the text; the complement of one (a negative number) says where the text is wrong.</remarks>
internal static class JsonText
{
    /// <summary>How many objects and arrays may be open at once.</summary>
    internal const int MaxDepth = 64;

    /// <summary>Whether the text is one JSON value and nothing else.</summary>
    public static bool TryCheck(ReadOnlySpan<byte> json, out MessageReadError error)
    {
        var end = SkipValue(json, SkipSpace(json, 0), 0);
        if (end >= 0)
        {
            end = SkipSpace(json, end);
            if (end < json.Length) end = ~end;
        }

        error = end < 0 ? Wrong(json, ~end) : default;
        return end >= 0;
    }

    /// <summary>The first byte at or behind a position that is not white space (RFC 8259 §2).</summary>
    public static int SkipSpace(ReadOnlySpan<byte> json, int at)
    {
        while ((uint)at < (uint)json.Length && IsSpace(json[at])) at++;
        return at;
    }

    /// <summary>Where the value that starts here ends.</summary>
    /// <param name="json">The text.</param>
    /// <param name="at">The value's first byte.</param>
    /// <param name="depth">How many objects and arrays are open around it.</param>
    public static int SkipValue(ReadOnlySpan<byte> json, int at, int depth)
    {
        // One bit an open level, the innermost lowest: set for an object. 64 levels fill it exactly.
        ulong objects = 0;
        var outside = depth;
        while (true)
        {
            if ((uint)at >= (uint)json.Length) return ~json.Length;

            var first = json[at];
            if (first is (byte)'{' or (byte)'[')
            {
                if (depth == MaxDepth) return ~at;

                depth++;
                objects = (objects << 1) | (first == '{' ? 1ul : 0ul);
                at = SkipSpace(json, at + 1);
                if ((uint)at >= (uint)json.Length) return ~json.Length;

                if (json[at] != (first == '{' ? '}' : ']'))
                {
                    if (first == '{' && (at = SkipName(json, at)) < 0) return at;
                    continue;
                }
            }
            else
            {
                at = SkipScalar(json, at);
                if (at < 0 || depth == outside) return at;
            }

            // A value has ended, or stands before the bracket that ends an empty one: close what ends here, then go on behind a comma.
            while (true)
            {
                at = SkipSpace(json, at);
                if ((uint)at >= (uint)json.Length) return ~json.Length;

                var isObject = (objects & 1) != 0;
                if (json[at] != (isObject ? '}' : ']')) break;

                at++;
                objects >>= 1;
                if (--depth == outside) return at;
            }

            if (json[at] != ',') return ~at;

            at = SkipSpace(json, at + 1);
            if ((objects & 1) != 0 && (at = SkipName(json, at)) < 0) return at;
        }
    }

    /// <summary>Where a string ends, from the byte behind its opening quote; well formed UTF-8 and escapes are part of the grammar here.</summary>
    public static int SkipString(ReadOnlySpan<byte> json, int at)
    {
        while (true)
        {
            var stop = FindStop(json, at, out var isAscii);
            if (!isAscii && !Utf8.IsValid(json[at..stop])) return ~at;
            if (stop == json.Length) return ~stop;
            if (json[stop] == '"') return stop + 1;
            if (json[stop] != '\\') return ~stop;

            at = SkipEscape(json, stop);
            if (at < 0) return at;
        }
    }

    /// <summary>Where a number ends (RFC 8259 §6).</summary>
    public static int SkipNumber(ReadOnlySpan<byte> json, int at)
    {
        if ((uint)at < (uint)json.Length && json[at] == '-') at++;

        var whole = at;
        at = SkipDigits(json, at);
        if (at == whole || (json[whole] == '0' && at > whole + 1)) return ~whole;

        if ((uint)at < (uint)json.Length && json[at] == '.')
        {
            var fraction = at + 1;
            at = SkipDigits(json, fraction);
            if (at == fraction) return ~at;
        }

        if ((uint)at >= (uint)json.Length || (json[at] | 0x20) != 'e') return at;

        at++;
        if ((uint)at < (uint)json.Length && json[at] is (byte)'+' or (byte)'-') at++;
        var exponent = at;
        at = SkipDigits(json, exponent);
        return at == exponent ? ~at : at;
    }

    /// <summary>The first quote, backslash or control character at or behind a position, or the length where there is none.</summary>
    /// <param name="json">The text.</param>
    /// <param name="at">Where to begin.</param>
    /// <param name="isAscii">Whether all that lies between is ASCII.</param>
    public static int FindStop(ReadOnlySpan<byte> json, int at, out bool isAscii)
    {
        ref var start = ref MemoryMarshal.GetReference(json);
        var high = 0u;
        var last = json.Length - Vector128<byte>.Count;
        while (at <= last)
        {
            var bytes = Vector128.LoadUnsafe(ref start, (nuint)at);
            var stops = StopsIn(bytes);
            if (stops != 0)
            {
                var index = BitOperations.TrailingZeroCount(stops);
                high |= bytes.ExtractMostSignificantBits() & ((1u << index) - 1);
                isAscii = high == 0;
                return at + index;
            }

            high |= bytes.ExtractMostSignificantBits();
            at += Vector128<byte>.Count;
        }

        if (last >= 0 && at < json.Length)
        {
            // The last 16 bytes of the text again; those before the position are shifted out.
            var done = at - last;
            var bytes = Vector128.LoadUnsafe(ref start, (nuint)last);
            var stops = StopsIn(bytes) >> done;
            var highs = bytes.ExtractMostSignificantBits() >> done;
            if (stops == 0)
            {
                isAscii = (high | highs) == 0;
                return json.Length;
            }

            var index = BitOperations.TrailingZeroCount(stops);
            isAscii = (high | (highs & ((1u << index) - 1))) == 0;
            return at + index;
        }

        while (at < json.Length)
        {
            var value = json[at];
            if (value is (byte)'"' or (byte)'\\' or < 0x20) break;
            high |= value & 0x80u;
            at++;
        }

        isAscii = high == 0;
        return at;
    }

    /// <summary>Resolves the escapes of a string's contents. False where a surrogate stands alone, or an escape is none.</summary>
    public static bool TryUnescape(ReadOnlySpan<byte> text, out byte[] unescaped)
    {
        var bytes = new byte[text.Length];
        var length = 0;
        unescaped = [];
        while (true)
        {
            var escape = text.IndexOf((byte)'\\');
            var plain = escape < 0 ? text : text[..escape];
            plain.CopyTo(bytes.AsSpan(length));
            length += plain.Length;
            if (escape < 0) break;

            text = text[escape..];
            if (!TryReadEscape(ref text, out var rune)) return false;
            length += rune.EncodeToUtf8(bytes.AsSpan(length));
        }

        unescaped = bytes[..length];
        return true;
    }

    /// <summary>Takes one escape, a pair of surrogates as one, off the front of a text. False where a surrogate stands alone, or an escape is none.</summary>
    public static bool TryReadEscape(ref ReadOnlySpan<byte> text, out Rune rune)
    {
        rune = default;
        var end = SkipEscape(text, 0);
        if (end < 0) return false;

        if (text[1] != 'u')
        {
            rune = new Rune(SimpleEscape(text[1]));
            text = text[end..];
            return true;
        }

        var unit = HexUnit(text);
        text = text[end..];
        if (Rune.TryCreate(unit, out rune)) return true;
        if (text.Length < 6 || text[0] != '\\' || text[1] != 'u' || SkipEscape(text, 0) < 0) return false;

        var low = HexUnit(text);
        text = text[6..];
        return Rune.TryCreate(unit, low, out rune);
    }

    /// <summary>Whether a byte is white space (RFC 8259 §2).</summary>
    public static bool IsSpace(byte value) => value is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t';

    // {"name" : value
    private static int SkipName(ReadOnlySpan<byte> json, int at)
    {
        if ((uint)at >= (uint)json.Length) return ~json.Length;
        if (json[at] != '"') return ~at;

        at = SkipString(json, at + 1);
        if (at < 0) return at;

        at = SkipSpace(json, at);
        if ((uint)at >= (uint)json.Length || json[at] != ':') return ~at;
        return SkipSpace(json, at + 1);
    }

    private static int SkipScalar(ReadOnlySpan<byte> json, int at) => json[at] switch
    {
        (byte)'"' => SkipString(json, at + 1),
        (byte)'t' => SkipWord(json, at, "true"u8),
        (byte)'f' => SkipWord(json, at, "false"u8),
        (byte)'n' => SkipWord(json, at, "null"u8),
        _ => SkipNumber(json, at),
    };

    private static int SkipWord(ReadOnlySpan<byte> json, int at, ReadOnlySpan<byte> word) =>
        json[at..].StartsWith(word) ? at + word.Length : ~at;

    private static int SkipDigits(ReadOnlySpan<byte> json, int at)
    {
        while ((uint)at < (uint)json.Length && (uint)(json[at] - '0') <= 9) at++;
        return at;
    }

    // \" \\ \/ \b \f \n \r \t \uXXXX
    private static int SkipEscape(ReadOnlySpan<byte> json, int at)
    {
        if ((uint)(at + 1) >= (uint)json.Length) return ~json.Length;
        if (json[at + 1] != 'u') return SimpleEscape(json[at + 1]) == 0 ? ~at : at + 2;
        if (at + 6 > json.Length) return ~json.Length;

        for (var i = at + 2; i < at + 6; i++)
        {
            if (!char.IsAsciiHexDigit((char)json[i])) return ~i;
        }

        return at + 6;
    }

    private static char SimpleEscape(byte letter) => (char)letter switch
    {
        '"' => '"',
        '\\' => '\\',
        '/' => '/',
        'b' => '\b',
        'f' => '\f',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        _ => '\0',
    };

    private static char HexUnit(ReadOnlySpan<byte> escape)
    {
        var unit = 0;
        foreach (var digit in escape[2..6]) unit = (unit << 4) | (digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
        return (char)unit;
    }

    private static uint StopsIn(Vector128<byte> bytes)
    {
        var controls = Vector128.Equals(Vector128.Min(bytes, Vector128.Create((byte)0x1F)), bytes);
        var quotes = Vector128.Equals(bytes, Vector128.Create((byte)'"'));
        var backslashes = Vector128.Equals(bytes, Vector128.Create((byte)'\\'));
        return (controls | quotes | backslashes).ExtractMostSignificantBits();
    }

    private static MessageReadError Wrong(ReadOnlySpan<byte> json, int at) =>
        new(MessageReadErrorKind.NotJson, ReasonAt(json, at), at);

    private static string ReasonAt(ReadOnlySpan<byte> json, int at)
    {
        if (at >= json.Length) return "The text ends before its JSON does.";
        if (json[at] is (byte)'{' or (byte)'[') return "The text is nested deeper than 64 levels, or has a bracket where none can stand.";
        return "The text is not JSON.";
    }
}
