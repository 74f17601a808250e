using System.Buffers;
using System.Globalization;
using System.Text;

namespace Peers;

/// <summary>Makes text safe to write to a log: one line, visible characters only, bounded in length.</summary>
/// <remarks>
/// A log is read in terminals, editors and browsers. A control character, a line separator or a bidirectional control that a client sends
/// could forge a line, hide text or change the order in which a line is displayed. Each becomes U+FFFD. Safe from any thread.
/// </remarks>
internal static class LogText
{
    /// <summary>The longest text that is written in full, in UTF-16 code units.</summary>
    public const int MaxLength = 256;

    private static readonly SearchValues<char> s_printableAscii =
        SearchValues.Create(" !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    // Default_Ignorable_Code_Point (UAX #44, DerivedCoreProperties.txt) and blanks, as far as the general category does not include them.
    private static readonly (int First, int Last)[] s_invisible =
    [
        (0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x2800, 0x2800), (0x3164, 0x3164), (0xFE00, 0xFE0F),
        (0xFFA0, 0xFFA0), (0xE0000, 0xE0FFF),
    ];

    /// <summary>The text on one line: harmful characters replaced, and what exceeds the limit replaced by its length.</summary>
    /// <param name="text">Any text, also with lone surrogates.</param>
    /// <param name="maxLength">How much of it is kept, in UTF-16 code units.</param>
    public static string Clean(string text, int maxLength = MaxLength)
    {
        if (text.Length > maxLength) return $"{CleanShort(Cut(text, maxLength))}… ({Count(text.Length)} characters)";
        return CleanShort(text);
    }

    /// <summary>The same for UTF-8 from the wire: at most <paramref name="maxLength"/> bytes are decoded.</summary>
    public static string Clean(ReadOnlySpan<byte> utf8, int maxLength)
    {
        if (utf8.Length <= maxLength) return Clean(Encoding.UTF8.GetString(utf8));
        var end = maxLength;
        while (end > 0 && (utf8[end] & 0xC0) == 0x80) end--;
        return $"{Clean(Encoding.UTF8.GetString(utf8[..end]))}… ({Count(utf8.Length)} bytes)";
    }

    /// <summary>The texts on one line, separated by commas; those beyond the limit replaced by their number.</summary>
    public static string Clean(IEnumerable<string> texts)
    {
        var line = new StringBuilder();
        var count = 0;
        foreach (var text in texts)
        {
            count++;
            if (line.Length <= MaxLength) line.Append(count == 1 ? "" : ", ").Append(Cut(text, MaxLength));
        }

        var joined = line.ToString();
        if (joined.Length <= MaxLength) return Clean(joined);
        return $"{CleanShort(Cut(joined, MaxLength))}… ({Count(count)} in all)";
    }

    /// <summary>Text of several lines, such as a stack trace: line breaks and tabs stay, other harmful characters are replaced.</summary>
    public static string CleanLines(string text) => IsClean(text, keepsLineBreaks: true) ? text : Replace(text, keepsLineBreaks: true);

    /// <summary>Whether the text holds no harmful character.</summary>
    public static bool IsClean(ReadOnlySpan<char> text, bool keepsLineBreaks = false)
    {
        var other = text.IndexOfAnyExcept(s_printableAscii);
        if (other < 0) return true;
        text = text[other..];
        while (!text.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(text, out var rune, out var length) != OperationStatus.Done) return false;
            if (IsHarmful(rune, keepsLineBreaks)) return false;
            text = text[length..];
        }

        return true;
    }

    /// <summary>At most so many UTF-16 code units, without half of a surrogate pair at the end.</summary>
    public static string Cut(string text, int maxLength)
    {
        if (text.Length <= maxLength) return text;
        return text[..(char.IsHighSurrogate(text[maxLength - 1]) ? maxLength - 1 : maxLength)];
    }

    private static string CleanShort(string text) => IsClean(text) ? text : Replace(text, keepsLineBreaks: false);

    private static string Count(int number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Replace(string text, bool keepsLineBreaks)
    {
        var clean = new StringBuilder(text.Length);

        // A lone surrogate is enumerated as U+FFFD.
        foreach (var rune in text.EnumerateRunes()) clean.Append(IsHarmful(rune, keepsLineBreaks) ? "\uFFFD" : rune.ToString());
        return clean.ToString();
    }

    private static bool IsHarmful(Rune rune, bool keepsLineBreaks)
    {
        if (keepsLineBreaks && (rune.Value is '\r' or '\n' or '\t')) return false;
        return Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.OtherNotAssigned => true,
            UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => true,
            _ => rune.Value > 0x300 && IsInvisible(rune.Value),
        };
    }

    private static bool IsInvisible(int value)
    {
        foreach (var (first, last) in s_invisible)
        {
            if (value >= first && value <= last) return true;
        }

        return false;
    }
}
