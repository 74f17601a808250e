using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace Peers;

// Strings, escaped as JavaScriptEncoder.UnsafeRelaxedJsonEscaping does, and what is written as one.
public ref partial struct MessageWriter
{
    // A UTF-16 unit becomes at most six bytes: \uXXXX.
    private const int MaxEscapedLength = 6;

    private const int UnitsOfChunk = 256;
    private const uint AllNotAscii = uint.MaxValue;

    /// <summary>Writes a string.</summary>
    /// <param name="value">The string. A surrogate that stands alone becomes U+FFFD.</param>
    /// <param name="member">What the string is, for the exception.</param>
    /// <exception cref="InvalidOperationException">The string is null.</exception>
    public void Write(string value, [CallerArgumentExpression(nameof(value))] string? member = null)
    {
        if (value is null) ThrowNull(member);
        WriteText(value);
    }

    /// <summary>Writes a string of one UTF-16 unit.</summary>
    public void Write(char value) => WriteText(new ReadOnlySpan<char>(ref value));

    /// <summary>Writes a GUID in its form with hyphens.</summary>
    public void Write(Guid value)
    {
        var free = Free(38);
        free[0] = (byte)'"';
        Utf8Formatter.TryFormat(value, free[1..], out _);
        free[37] = (byte)'"';
        _at += 38;
    }

    /// <summary>Writes a peer's id: 32 hexadecimal digits.</summary>
    public void Write(PeerId value)
    {
        var free = Free(PeerId.Length + 2);
        free[0] = (byte)'"';
        value.TryFormat(free[1..], out _, default, CultureInfo.InvariantCulture);
        free[PeerId.Length + 1] = (byte)'"';
        _at += PeerId.Length + 2;
    }

    /// <summary>Writes base64.</summary>
    /// <exception cref="InvalidOperationException">The array is null.</exception>
    public void Write(byte[] value, [CallerArgumentExpression(nameof(value))] string? member = null)
    {
        if (value is null) ThrowNull(member);

        var free = Free(Base64.GetMaxEncodedToUtf8Length(value.Length) + 2);
        free[0] = (byte)'"';
        Base64.EncodeToUtf8(value, free[1..], out _, out var length);
        free[length + 1] = (byte)'"';
        _at += length + 2;
    }

    /// <summary>Writes a URI as it was given.</summary>
    /// <exception cref="InvalidOperationException">The URI is null.</exception>
    public void Write(Uri value, [CallerArgumentExpression(nameof(value))] string? member = null)
    {
        if (value is null) ThrowNull(member);
        WriteText(value.OriginalString);
    }

    /// <summary>Writes a version of two to four parts.</summary>
    /// <exception cref="InvalidOperationException">The version is null.</exception>
    public void Write(Version value, [CallerArgumentExpression(nameof(value))] string? member = null)
    {
        if (value is null) ThrowNull(member);
        WriteText(value.ToString());
    }

    /// <summary>Says that a value is null where none may be.</summary>
    /// <exception cref="InvalidOperationException">Always.</exception>
    [DoesNotReturn]
    public static void ThrowNull(string? member) => throw new InvalidOperationException($"'{member}' is null, and its type says that it never is.");

    private void WriteText(scoped ReadOnlySpan<char> text)
    {
        // Room for the case that nothing is escaped; escapes make more.
        var free = Free(text.Length + 2);
        free[0] = (byte)'"';
        var plain = NarrowPlain(text, free[1..]);
        _at += plain + 1;
        if (plain < text.Length) WriteEscaped(text[plain..]);
        WriteRaw("\""u8);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteEscaped(scoped ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            text = text[WriteUnits(text)..];
            var plain = NarrowPlain(text, Free(text.Length));
            _at += plain;
            text = text[plain..];
        }
    }

    // Unit by unit, as far as a chunk goes or until enough came in a row that vectors could have taken.
    private int WriteUnits(scoped ReadOnlySpan<char> text)
    {
        var free = Free(UnitsOfChunk * MaxEscapedLength);
        var (read, written, plain) = (0, 0, 0);
        var end = Math.Min(text.Length, UnitsOfChunk - 1);
        while (read < end && plain < Vector128<byte>.Count)
        {
            var unit = text[read];
            plain = unit < 0x80 ? plain + 1 : 0;
            if (EscapedUnits.Contains(unit))
            {
                plain = 0;
                read += WriteEscape(text[read..], free, ref written);
                continue;
            }

            if (unit < 0x80)
            {
                free[written++] = (byte)unit;
            }
            else if (unit < 0x800)
            {
                free[written++] = (byte)(0xC0 | (unit >> 6));
                free[written++] = (byte)(0x80 | (unit & 0x3F));
            }
            else
            {
                free[written++] = (byte)(0xE0 | (unit >> 12));
                free[written++] = (byte)(0x80 | ((unit >> 6) & 0x3F));
                free[written++] = (byte)(0x80 | (unit & 0x3F));
            }

            read++;
        }

        _at += written;
        return read;
    }

    // One escape, or a pair of surrogates; returns how many units that took.
    private static int WriteEscape(scoped ReadOnlySpan<char> text, Span<byte> utf8, ref int written)
    {
        if (Rune.DecodeFromUtf16(text, out var rune, out var length) != OperationStatus.Done)
        {
            // A surrogate that stands alone.
            WriteHex((char)Rune.ReplacementChar.Value, utf8, ref written);
        }
        else if (EscapedUnits.Letter(rune) is var letter and not 0)
        {
            utf8[written++] = (byte)'\\';
            utf8[written++] = letter;
        }
        else if (EscapedUnits.Contains(rune))
        {
            Span<char> units = stackalloc char[2];
            foreach (var unit in units[..rune.EncodeToUtf16(units)]) WriteHex(unit, utf8, ref written);
        }
        else
        {
            written += rune.EncodeToUtf8(utf8[written..]);
        }

        return length;
    }

    private static void WriteHex(char unit, Span<byte> utf8, ref int written)
    {
        utf8[written++] = (byte)'\\';
        utf8[written++] = (byte)'u';
        for (var shift = 12; shift >= 0; shift -= 4) utf8[written++] = (byte)"0123456789ABCDEF"[(unit >> shift) & 0xF];
    }

    // Copies what is ASCII and needs no escape, and returns how much that was. May write beyond that, within the text's length.
    private static int NarrowPlain(scoped ReadOnlySpan<char> text, Span<byte> utf8)
    {
        if (text.Length < Vector128<ushort>.Count) return NarrowPlainUnits(text, 0, utf8);

        ref var source = ref Unsafe.As<char, ushort>(ref MemoryMarshal.GetReference(text));
        ref var target = ref MemoryMarshal.GetReference(utf8);
        if (text.Length < Vector128<byte>.Count)
        {
            var last = text.Length - Vector128<ushort>.Count;
            var start = Vector128.LoadUnsafe(ref source);
            var end = Vector128.LoadUnsafe(ref source, (nuint)last);
            var bytes = Vector128.Narrow(start, end);
            if (StopsIn(start | end, bytes) != 0) return NarrowPlainUnits(text, 0, utf8);

            Unsafe.WriteUnaligned(ref target, bytes.AsUInt64().GetElement(0));
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, last), bytes.AsUInt64().GetElement(1));
            return text.Length;
        }

        return NarrowPlainBlocks(text, utf8);
    }

    private static int NarrowPlainBlocks(scoped ReadOnlySpan<char> text, Span<byte> utf8)
    {
        ref var source = ref Unsafe.As<char, ushort>(ref MemoryMarshal.GetReference(text));
        ref var target = ref MemoryMarshal.GetReference(utf8);
        var at = 0;
        var last = text.Length - Vector128<byte>.Count;
        while (true)
        {
            var low = Vector128.LoadUnsafe(ref source, (nuint)at);
            var high = Vector128.LoadUnsafe(ref source, (nuint)at + 8);
            var bytes = Vector128.Narrow(low, high);
            bytes.StoreUnsafe(ref target, (nuint)at);
            var stops = StopsIn(low | high, bytes);
            if (stops == AllNotAscii) return NarrowPlainUnits(text, at, utf8);
            if (stops != 0) return at + BitOperations.TrailingZeroCount(stops);
            if (at == last) return text.Length;

            // The last round takes what is left together with some of what was taken.
            at = Math.Min(at + Vector128<byte>.Count, last);
        }
    }

    private static int NarrowPlainUnits(scoped ReadOnlySpan<char> text, int at, Span<byte> utf8)
    {
        for (; at < text.Length; at++)
        {
            var unit = text[at];
            if (unit is < ' ' or > '~' or '"' or '\\') break;
            utf8[at] = (byte)unit;
        }

        return at;
    }

    private static uint StopsIn(Vector128<ushort> units, Vector128<byte> bytes)
    {
        if ((units & Vector128.Create((ushort)0xFF80)) != Vector128<ushort>.Zero) return AllNotAscii;

        var controls = Vector128.Equals(Vector128.Min(bytes, Vector128.Create((byte)0x1F)), bytes);
        var deletes = Vector128.Equals(bytes, Vector128.Create((byte)0x7F));
        var quotes = Vector128.Equals(bytes, Vector128.Create((byte)'"'));
        var backslashes = Vector128.Equals(bytes, Vector128.Create((byte)'\\'));
        return (controls | deletes | quotes | backslashes).ExtractMostSignificantBits();
    }
}
