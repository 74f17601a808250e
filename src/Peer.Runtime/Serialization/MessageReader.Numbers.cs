using System.Buffers.Text;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Peers;

// RFC 8259 §6, and the words true and false.
public ref partial struct MessageReader
{
    // 10^22 is the last power of ten that a double holds exactly.
    private static readonly double[] s_powersOfTen =
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ];

    /// <summary>Reads <c>true</c> or <c>false</c>.</summary>
    public bool TryRead(out bool value)
    {
        SkipSpace();
        value = TryTake("true"u8);
        return value || TryTake("false"u8) || Fail("true or false was expected.");
    }

    /// <summary>Reads a whole number in the range of the type.</summary>
    public bool TryRead(out byte value)
    {
        var isRead = TryReadWhole(byte.MaxValue, out var number);
        value = (byte)number;
        return isRead;
    }

    /// <inheritdoc cref="TryRead(out byte)"/>
    public bool TryRead(out sbyte value)
    {
        var isRead = TryReadWhole(sbyte.MinValue, sbyte.MaxValue, out var number);
        value = (sbyte)number;
        return isRead;
    }

    /// <inheritdoc cref="TryRead(out byte)"/>
    public bool TryRead(out short value)
    {
        var isRead = TryReadWhole(short.MinValue, short.MaxValue, out var number);
        value = (short)number;
        return isRead;
    }

    /// <inheritdoc cref="TryRead(out byte)"/>
    public bool TryRead(out ushort value)
    {
        var isRead = TryReadWhole(ushort.MaxValue, out var number);
        value = (ushort)number;
        return isRead;
    }

    /// <inheritdoc cref="TryRead(out byte)"/>
    public bool TryRead(out int value)
    {
        var isRead = TryReadWhole(int.MinValue, int.MaxValue, out var number);
        value = (int)number;
        return isRead;
    }

    /// <inheritdoc cref="TryRead(out byte)"/>
    public bool TryRead(out uint value)
    {
        var isRead = TryReadWhole(uint.MaxValue, out var number);
        value = (uint)number;
        return isRead;
    }

    /// <inheritdoc cref="TryRead(out byte)"/>
    public bool TryRead(out long value) => TryReadWhole(long.MinValue, long.MaxValue, out value);

    /// <inheritdoc cref="TryRead(out byte)"/>
    public bool TryRead(out ulong value) => TryReadWhole(ulong.MaxValue, out value);

    /// <inheritdoc cref="TryRead(out byte)"/>
    public bool TryRead(out Int128 value)
    {
        value = default;
        return TryReadNumber(out var token)
            && (Int128.TryParse(token, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value) || FailRange());
    }

    /// <inheritdoc cref="TryRead(out byte)"/>
    public bool TryRead(out UInt128 value)
    {
        value = default;
        return TryReadNumber(out var token)
            && ((token[0] != '-' && UInt128.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out value)) || FailRange());
    }

    /// <summary>Reads a number in the range of the type, rounded to the nearest of it.</summary>
    public bool TryRead(out double value)
    {
        value = default;
        if (!TryReadNumber(out var token)) return false;
        return TryShortDecimal(token, out value) || (Utf8Parser.TryParse(token, out value, out var consumed) && consumed == token.Length && double.IsFinite(value)) || FailRange();
    }

    /// <inheritdoc cref="TryRead(out double)"/>
    public bool TryRead(out float value)
    {
        value = default;
        return TryReadNumber(out var token)
            && ((Utf8Parser.TryParse(token, out value, out var consumed) && consumed == token.Length && float.IsFinite(value)) || FailRange());
    }

    /// <inheritdoc cref="TryRead(out double)"/>
    public bool TryRead(out Half value)
    {
        value = default;
        return TryReadNumber(out var token)
            && ((Half.TryParse(token, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && Half.IsFinite(value)) || FailRange());
    }

    /// <summary>Reads a number in the range of the type.</summary>
    public bool TryRead(out decimal value)
    {
        value = default;
        return TryReadNumber(out var token)
            && ((Utf8Parser.TryParse(token, out value, out var consumed) && consumed == token.Length) || FailRange());
    }

    private bool TryReadWhole(long min, long max, out long value)
    {
        SkipSpace();
        var isNegative = Peek() == '-';
        var start = isNegative ? _at + 1 : _at;
        value = 0;
        if (!TryReadDigits(start, out var magnitude, out var end)) return FailRange();

        // The magnitude of the least number is one more than that of the greatest.
        if (magnitude > (isNegative ? (ulong)max + 1 : (ulong)max)) return FailRange();

        value = isNegative ? (long)(0 - magnitude) : (long)magnitude;
        if (value < min) return FailRange();

        _at = end;
        return true;
    }

    private bool TryReadWhole(ulong max, out ulong value)
    {
        SkipSpace();
        if (!TryReadDigits(_at, out value, out var end) || value > max) return FailRange();

        _at = end;
        return true;
    }

    // Digits without a leading zero, a fraction or an exponent.
    private readonly bool TryReadDigits(int start, out ulong value, out int end)
    {
        var json = _json;
        var at = start;
        value = 0;
        while ((uint)at < (uint)json.Length)
        {
            var digit = (uint)(json[at] - '0');
            if (digit > 9) break;

            // 19 digits always fit; the 20th may not.
            if (at - start >= 19 && (at - start > 19 || value > (ulong.MaxValue - digit) / 10))
            {
                end = at;
                return false;
            }

            value = (value * 10) + digit;
            at++;
        }

        end = at;
        if (at == start || (json[start] == '0' && at > start + 1)) return false;
        return (uint)at >= (uint)json.Length || (json[at] != '.' && (json[at] | 0x20) != 'e');
    }

    private bool TryReadNumber(out ReadOnlySpan<byte> token)
    {
        SkipSpace();
        token = default;
        var end = JsonText.SkipNumber(_json, _at);
        if (end < 0) return Fail("A number was expected.");

        token = _json[_at..end];
        _at = end;
        return true;
    }

    // Up to 15 digits are a whole number that a double holds exactly, and one division by an exact power of ten rounds once: correctly.
    private static bool TryShortDecimal(ReadOnlySpan<byte> token, out double value)
    {
        value = 0;
        var at = token[0] == '-' ? 1 : 0;
        if (token.Length - at > 16) return false;

        var point = -1;
        long digits = 0;
        for (var i = at; i < token.Length; i++)
        {
            var digit = (uint)(token[i] - '0');
            if (digit <= 9) digits = (digits * 10) + digit;
            else if (token[i] == '.') point = i;
            else return false;
        }

        if (digits >= 1_000_000_000_000_000) return false;

        value = point < 0 ? digits : digits / s_powersOfTen[token.Length - point - 1];
        if (at == 1) value = -value;
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool FailRange() => Fail("A number that fits was expected.");
}
