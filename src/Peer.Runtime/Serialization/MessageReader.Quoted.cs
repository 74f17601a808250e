using System.Globalization;
using System.Numerics;
using System.Text.Json.Serialization;

namespace Peers;

// Numbers in quotes: what [JsonNumberHandling] asks for.
public ref partial struct MessageReader
{
    /// <summary>Whether a string comes next. White space before it is skipped.</summary>
    public bool IsText()
    {
        SkipSpace();
        return Peek() == '"';
    }

    /// <summary>Reads a number that stands in quotes.</summary>
    /// <param name="handling">What is allowed there: any number, or the names <c>NaN</c>, <c>Infinity</c> and <c>-Infinity</c> alone.</param>
    /// <param name="value">The number.</param>
    public bool TryReadQuoted<T>(JsonNumberHandling handling, out T value) where T : struct, INumberBase<T>
    {
        value = default;
        if (!TryReadText(out var text)) return false;

        var allowed = handling & (JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.AllowNamedFloatingPointLiterals);
        if (allowed != JsonNumberHandling.Strict && Quoted<T>.IsReal && TryNamedReal(text, out value)) return true;
        if ((allowed & JsonNumberHandling.AllowReadingFromString) == JsonNumberHandling.Strict) return FailRange();

        return (!Quoted<T>.EndsWrong(text) && T.TryParse(text, Quoted<T>.Styles, CultureInfo.InvariantCulture, out value) && T.IsFinite(value)) || FailRange();
    }

    private static bool TryNamedReal<T>(ReadOnlySpan<byte> text, out T value) where T : struct, INumberBase<T>
    {
        var named = text.SequenceEqual("NaN"u8) ? double.NaN
            : text.SequenceEqual("Infinity"u8) ? double.PositiveInfinity
            : text.SequenceEqual("-Infinity"u8) ? double.NegativeInfinity
            : 0;
        value = T.CreateTruncating(named);
        return named != 0;
    }

    // What System.Text.Json takes in quotes, each type as it does.
    private static class Quoted<T> where T : struct, INumberBase<T>
    {
        public static readonly bool IsReal = typeof(T) == typeof(double) || typeof(T) == typeof(float) || typeof(T) == typeof(Half);

        public static readonly NumberStyles Styles =
            typeof(T) == typeof(Half) ? NumberStyles.Float
            : IsReal || typeof(T) == typeof(decimal) ? NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent
            : typeof(T) == typeof(Int128) || typeof(T) == typeof(UInt128) ? NumberStyles.Integer
            : T.IsNegative(unchecked(T.Zero - T.One)) ? NumberStyles.AllowLeadingSign
            : NumberStyles.None;

        // T.TryParse takes NUL at the end as if it were not there, and so does System.Text.Json where it calls that.
        public static bool EndsWrong(ReadOnlySpan<byte> text) => !Styles.HasFlag(NumberStyles.AllowTrailingWhite) && text.EndsWith((byte)0);
    }
}
