using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Peers;

// RFC 8259 §6, and the words true and false.
public ref partial struct MessageWriter
{
    // More than any number here is long: a decimal has 31 characters, an Int128 40.
    private const int MaxNumberLength = 48;

    /// <summary>Writes <c>true</c> or <c>false</c>.</summary>
    public void Write(bool value) => Write(default, value);

    /// <summary>Writes a whole number.</summary>
    public void Write(byte value) => Write(default, value);

    /// <inheritdoc cref="Write(byte)"/>
    public void Write(sbyte value) => Write(default, value);

    /// <inheritdoc cref="Write(byte)"/>
    public void Write(short value) => Write(default, value);

    /// <inheritdoc cref="Write(byte)"/>
    public void Write(ushort value) => Write(default, value);

    /// <inheritdoc cref="Write(byte)"/>
    public void Write(int value) => Write(default, value);

    /// <inheritdoc cref="Write(byte)"/>
    public void Write(uint value) => Write(default, value);

    /// <inheritdoc cref="Write(byte)"/>
    public void Write(long value) => Write(default, value);

    /// <inheritdoc cref="Write(byte)"/>
    public void Write(ulong value) => Write(default, value);

    /// <inheritdoc cref="Write(byte)"/>
    public void Write(Int128 value) => WriteFormatted(value);

    /// <inheritdoc cref="Write(byte)"/>
    public void Write(UInt128 value) => WriteFormatted(value);

    /// <summary>Writes the shortest number that reads back as the same value.</summary>
    /// <exception cref="ArgumentException">The value is infinite or not a number, for which JSON has no form.</exception>
    public void Write(double value) => Write(default, value);

    /// <inheritdoc cref="Write(double)"/>
    public void Write(float value) => Write(default, value);

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

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteLong(double value)
    {
        if (!double.IsFinite(value)) ThrowNotFinite(value);
        WriteFormatted(value);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteLong(float value)
    {
        if (!float.IsFinite(value)) ThrowNotFinite(value);
        WriteFormatted(value);
    }

    private void WriteFormatted<T>(T value) where T : IUtf8SpanFormattable
    {
        value.TryFormat(Free(MaxNumberLength), out var length, default, CultureInfo.InvariantCulture);
        _at += length;
    }

    [DoesNotReturn]
    private static void ThrowNotFinite(object value) =>
        throw new ArgumentException("JSON has no form for a number that is infinite or not a number.", nameof(value));
}
