using System.Text;
using System.Text.Encodings.Web;

namespace Peers;

/// <summary>What <see cref="JavaScriptEncoder.UnsafeRelaxedJsonEscaping"/> escapes: controls, quotes, odd spaces, what Unicode has not assigned.</summary>
internal static class EscapedUnits
{
    // One bit a UTF-16 unit; surrogates are in it, so that whoever meets one looks at the pair.
    private static readonly uint[] s_units = AskTheEncoder();

    /// <summary>The bit of a unit is set where it is escaped, or is a surrogate.</summary>
    public static ReadOnlySpan<uint> All => s_units;

    /// <summary>Whether a character is escaped.</summary>
    public static bool Contains(Rune rune) => rune.IsBmp ? (s_units[rune.Value >> 5] & (1u << (rune.Value & 31))) != 0 : JavaScriptEncoder.UnsafeRelaxedJsonEscaping.WillEncode(rune.Value);

    /// <summary>The letter of the short escapes (RFC 8259 §7), or 0 where the unit has none.</summary>
    public static byte Letter(char unit) => unit switch
    {
        '"' => (byte)'"',
        '\\' => (byte)'\\',
        '\b' => (byte)'b',
        '\f' => (byte)'f',
        '\n' => (byte)'n',
        '\r' => (byte)'r',
        '\t' => (byte)'t',
        _ => 0,
    };

    private static uint[] AskTheEncoder()
    {
        var units = new uint[(char.MaxValue + 1) / 32];
        for (var unit = 0; unit <= char.MaxValue; unit++)
        {
            if (char.IsSurrogate((char)unit) || JavaScriptEncoder.UnsafeRelaxedJsonEscaping.WillEncode(unit)) units[unit >> 5] |= 1u << (unit & 31);
        }

        return units;
    }
}
