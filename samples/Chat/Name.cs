using System.Globalization;
using System.Text;

namespace Chat;

/// <summary>Makes of what somebody typed a name that can be shown.</summary>
public static class Name
{
    private const int MaxLength = 24;

    /// <summary>Without what cannot be seen, without space around it, not longer than the page lets it be; never empty.</summary>
    public static string Clean(string wanted)
    {
        var clean = new StringBuilder(MaxLength);
        foreach (var rune in wanted.Trim().EnumerateRunes())
        {
            if (clean.Length + rune.Utf16SequenceLength > MaxLength) break;
            if (IsVisible(rune)) clean.Append(rune);
        }

        return clean.ToString().Trim() is { Length: > 0 } name ? name : "Guest";
    }

    private static bool IsVisible(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
