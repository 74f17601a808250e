using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Peers;

// RFC 8259 §6, and the words true and false.
public ref partial struct MessageWriter
{
    // More than any number here is long: a decimal has 31 characters, an Int128 40.
    private const int MaxNumberLength = 48;

    private static readonly double[] s_powersOfTen = [1, 10, 100, 1_000, 10_000];

    /// <summary>Writes <c>true</c> or <c>false</c>.</summary>
    public void Write(bool value) => WriteRaw(value ? "true"u8 : "false"u8);

    /// <summary>Writes a whole number.</summary>
    public void Write(byte value) => Write((uint)value);

    /// <inheritdoc cref="Write(byte)"/>
    public void Write(sbyte value) => Write((int)value);

    /// <inheritdoc cref="Write(byte)"/>
    public void Write(short value) => Write((int)value);

    /// <inheritdoc cref="Write(byte)"/>
    public void Write(ushort value) => Write((uint)value);

    /// <inheritdoc cref="Write(byte)"/>
    public void Write(int value)
    {
        Utf8Formatter.TryFormat(value, Free(MaxNumberLength), out var length);
        _at += length;
    }

    /// <inheritdoc cref="Write(byte)"/>
    public void Write(uint value)
    {
        Utf8Formatter.TryFormat(value, Free(MaxNumberLength), out var length);
        _at += length;
    }

    /// <inheritdoc cref="Write(byte)"/>
    public void Write(long value)
    {
        Utf8Formatter.TryFormat(value, Free(MaxNumberLength), out var length);
        _at += length;
    }

    /// <inheritdoc cref="Write(byte)"/>
    public void Write(ulong value)
    {
        Utf8Formatter.TryFormat(value, Free(MaxNumberLength), out var length);
        _at += length;
    }

    /// <inheritdoc cref="Write(byte)"/>
    public void Write(Int128 value) => WriteFormatted(value);

    /// <inheritdoc cref="Write(byte)"/>
    public void Write(UInt128 value) => WriteFormatted(value);

    /// <summary>Writes the shortest number that reads back as the same value.</summary>
    /// <exception cref="ArgumentException">The value is infinite or not a number, for which JSON has no form.</exception>
    public void Write(double value)
    {
        if (TryWriteShortDecimal(value)) return;
        if (!double.IsFinite(value)) ThrowNotFinite(value);
        WriteFormatted(value);
    }

    /// <inheritdoc cref="Write(double)"/>
    public void Write(float value)
    {
        if (!float.IsFinite(value)) ThrowNotFinite(value);
        WriteFormatted(value);
    }

    /// <inheritdoc cref="Write(double)"/>
    public void Write(Half value)
    {
        if (!Half.IsFinite(value)) ThrowNotFinite(value);
        WriteFormatted(value);
    }

    /// <summary>Writes a number with all its digits, trailing zeros included.</summary>
    public void Write(decimal value)
    {
        Utf8Formatter.TryFormat(value, Free(MaxNumberLength), out var length);
        _at += length;
    }

    private void WriteFormatted<T>(T value) where T : IUtf8SpanFormattable
    {
        value.TryFormat(Free(MaxNumberLength), out var length, default, CultureInfo.InvariantCulture);
        _at += length;
    }

    // At most 15 digits, at most four of them behind the point. Such a decimal is the only one so short that reads back as this value.
    private bool TryWriteShortDecimal(double value)
    {
        var magnitude = Math.Abs(value);
        if (!(magnitude < 1e10)) return false;
        if (magnitude == 0) return !double.IsNegative(value) && WriteZero();

        for (var places = 0; places < s_powersOfTen.Length; places++)
        {
            var scaled = Math.Round(magnitude * s_powersOfTen[places]);
            if (scaled / s_powersOfTen[places] != magnitude) continue;

            WriteDecimal(double.IsNegative(value), (ulong)scaled, places);
            return true;
        }

        return false;
    }

    private bool WriteZero()
    {
        WriteRaw("0"u8);
        return true;
    }

    private void WriteDecimal(bool isNegative, ulong digits, int places)
    {
        if (isNegative) WriteRaw("-"u8);

        var scale = (ulong)s_powersOfTen[places];
        Write(digits / scale);
        if (places == 0) return;

        var free = Free(places + 1);
        var fraction = digits % scale;
        free[0] = (byte)'.';
        for (var i = places; i > 0; i--)
        {
            free[i] = (byte)('0' + (fraction % 10));
            fraction /= 10;
        }

        _at += places + 1;
    }

    [DoesNotReturn]
    private static void ThrowNotFinite(object value) =>
        throw new ArgumentException("JSON has no form for a number that is infinite or not a number.", nameof(value));
}
