using System.Runtime.CompilerServices;

namespace Peers;

// What is constant before a value together with the value: one look at the room that is left, one step of the position.
public ref partial struct MessageWriter
{
    /// <summary>Writes what is constant, then <c>true</c> or <c>false</c>.</summary>
    /// <param name="start">Bytes to write as they are: a comma, a name and a colon.</param>
    /// <param name="value">The value behind them.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(scoped ReadOnlySpan<byte> start, bool value)
    {
        // Eight bytes are put, and four or five of them count.
        Unsafe.WriteUnaligned(ref Reserve(start, sizeof(ulong)), value ? WordOf("true\0\0\0\0"u8) : WordOf("false\0\0\0"u8));
        _at += start.Length + (value ? 4 : 5);
    }

    /// <summary>Writes what is constant, then a whole number.</summary>
    /// <inheritdoc cref="Write(ReadOnlySpan{byte}, bool)" path="/param"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(scoped ReadOnlySpan<byte> start, byte value) => Write(start, (uint)value);

    /// <inheritdoc cref="Write(ReadOnlySpan{byte}, byte)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(scoped ReadOnlySpan<byte> start, sbyte value) => Write(start, (int)value);

    /// <inheritdoc cref="Write(ReadOnlySpan{byte}, byte)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(scoped ReadOnlySpan<byte> start, short value) => Write(start, (int)value);

    /// <inheritdoc cref="Write(ReadOnlySpan{byte}, byte)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(scoped ReadOnlySpan<byte> start, ushort value) => Write(start, (uint)value);

    /// <inheritdoc cref="Write(ReadOnlySpan{byte}, byte)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(scoped ReadOnlySpan<byte> start, int value) => _at += start.Length + Digits.Put(ref Reserve(start, Digits.MaxLength), value);

    /// <inheritdoc cref="Write(ReadOnlySpan{byte}, byte)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(scoped ReadOnlySpan<byte> start, uint value) => _at += start.Length + Digits.Put(ref Reserve(start, Digits.MaxLength), value);

    /// <inheritdoc cref="Write(ReadOnlySpan{byte}, byte)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(scoped ReadOnlySpan<byte> start, long value) => _at += start.Length + Digits.Put(ref Reserve(start, Digits.MaxLength), value);

    /// <inheritdoc cref="Write(ReadOnlySpan{byte}, byte)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(scoped ReadOnlySpan<byte> start, ulong value) => _at += start.Length + Digits.Put(ref Reserve(start, Digits.MaxLength), value);

    /// <summary>Writes what is constant, then the shortest number that reads back as the same value.</summary>
    /// <inheritdoc cref="Write(ReadOnlySpan{byte}, bool)" path="/param"/>
    /// <exception cref="ArgumentException">The value is infinite or not a number, for which JSON has no form.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(scoped ReadOnlySpan<byte> start, double value)
    {
        var length = ShortDecimals.Put(ref Reserve(start, ShortDecimals.MaxLength), value);
        _at += start.Length + length;
        if (length == 0) WriteLong(value);
    }

    /// <inheritdoc cref="Write(ReadOnlySpan{byte}, double)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(scoped ReadOnlySpan<byte> start, float value)
    {
        var length = ShortDecimals.Put(ref Reserve(start, ShortDecimals.MaxLength), value);
        _at += start.Length + length;
        if (length == 0) WriteLong(value);
    }

    /// <summary>Writes what is constant, then a string.</summary>
    /// <param name="start">Bytes to write as they are: a comma, a name and a colon.</param>
    /// <param name="value">The string. A surrogate that stands alone becomes U+FFFD.</param>
    /// <param name="member">What the string is, for the exception.</param>
    /// <exception cref="InvalidOperationException">The string is null.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(scoped ReadOnlySpan<byte> start, string value, [CallerArgumentExpression(nameof(value))] string? member = null)
    {
        if (value is null) ThrowNull(member);

        // Room for the case that nothing is escaped; escapes make more.
        ref var free = ref Reserve(start, value.Length + 2);
        _at += start.Length;
        WriteText(value, ref free);
    }

    /// <summary>Writes what is constant, then a GUID in its form with hyphens.</summary>
    /// <inheritdoc cref="Write(ReadOnlySpan{byte}, bool)" path="/param"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(scoped ReadOnlySpan<byte> start, Guid value)
    {
        ref var free = ref Reserve(start, HexDigits.GuidLength + 2);
        HexDigits.Put(ref Unsafe.Add(ref free, 1), value);
        EndQuoted(ref free, start.Length, HexDigits.GuidLength);
    }

    /// <summary>Writes what is constant, then a date with its time: ISO 8601, with <c>Z</c> for UTC, the offset for local time, nothing for neither.</summary>
    /// <inheritdoc cref="Write(ReadOnlySpan{byte}, bool)" path="/param"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(scoped ReadOnlySpan<byte> start, DateTime value)
    {
        ref var free = ref Reserve(start, IsoDates.MaxLength + 2);
        EndQuoted(ref free, start.Length, IsoDates.Put(ref Unsafe.Add(ref free, 1), value));
    }

    /// <summary>Writes what is constant, then a date with its time and offset: ISO 8601.</summary>
    /// <inheritdoc cref="Write(ReadOnlySpan{byte}, bool)" path="/param"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(scoped ReadOnlySpan<byte> start, DateTimeOffset value)
    {
        ref var free = ref Reserve(start, IsoDates.MaxLength + 2);
        EndQuoted(ref free, start.Length, IsoDates.Put(ref Unsafe.Add(ref free, 1), value));
    }

    // The quotes around what was put one byte behind a place.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void EndQuoted(ref byte free, int before, int length)
    {
        free = (byte)'"';
        Unsafe.Add(ref free, length + 1) = (byte)'"';
        _at += before + length + 2;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong WordOf(ReadOnlySpan<byte> eight) => Unsafe.ReadUnaligned<ulong>(in eight[0]);
}
