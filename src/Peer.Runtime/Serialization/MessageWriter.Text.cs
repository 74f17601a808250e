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

    // So many plain units in a row, and it is time for vectors again.
    private const int PlainRun = 8;

    /// <summary>Writes a string.</summary>
    /// <param name="value">The string. A surrogate that stands alone becomes U+FFFD.</param>
    /// <param name="member">What the string is, for the exception.</param>
    /// <exception cref="InvalidOperationException">The string is null.</exception>
    public void Write(string value, [CallerArgumentExpression(nameof(value))] string? member = null) => Write(default, value, member);

    /// <summary>Writes a string of one UTF-16 unit.</summary>
    public void Write(char value) => WriteText(new ReadOnlySpan<char>(ref value));

    /// <summary>Writes a GUID in its form with hyphens.</summary>
    public void Write(Guid value) => Write(default, value);

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
        WriteBase64(value);
    }

    /// <summary>Writes base64.</summary>
    public void Write(ReadOnlyMemory<byte> value) => WriteBase64(value.Span);

    /// <summary>Writes base64.</summary>
    public void Write(Memory<byte> value) => WriteBase64(value.Span);

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

    private void WriteBase64(scoped ReadOnlySpan<byte> value)
    {
        var free = Free(Base64.GetMaxEncodedToUtf8Length(value.Length) + 2);
        free[0] = (byte)'"';
        Base64.EncodeToUtf8(value, free[1..], out _, out var length);
        free[length + 1] = (byte)'"';
        _at += length + 2;
    }

    private void WriteText(scoped ReadOnlySpan<char> text) => WriteText(text, ref Reserve(default, text.Length + 2));

    // There is room for the text and its quotes, if nothing in it takes more than a byte.
    private void WriteText(scoped ReadOnlySpan<char> text, ref byte free)
    {
        free = (byte)'"';
        var plain = NarrowPlain(text, ref Unsafe.Add(ref free, 1));
        if (plain == text.Length)
        {
            Unsafe.Add(ref free, plain + 1) = (byte)'"';
            _at += plain + 2;
            return;
        }

        _at += plain + 1;
        WriteOdd(text[plain..]);
        WriteRaw("\""u8);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteOdd(scoped ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            text = text[WriteUnits(text)..];
            var plain = NarrowPlain(text, ref Reserve(default, text.Length));
            _at += plain;
            text = text[plain..];
        }
    }

    // Unit by unit, as far as a chunk goes or until vectors are worth it.
    private int WriteUnits(scoped ReadOnlySpan<char> text)
    {
        ref var free = ref Reserve(default, UnitsOfChunk * MaxEscapedLength);
        ref var source = ref MemoryMarshal.GetReference(text);
        ref var escaped = ref MemoryMarshal.GetReference(EscapedUnits.All);
        var (read, written, plain) = (0, 0, 0);
        var end = Math.Min(text.Length, UnitsOfChunk - 1);
        while (read < end && plain < PlainRun)
        {
            uint unit = Unsafe.Add(ref source, read);
            ref var to = ref Unsafe.Add(ref free, written);
            if (((Unsafe.Add(ref escaped, unit >> 5) >> (int)unit) & 1) != 0)
            {
                read += WriteEscape(text[read..], ref to, out var length);
                written += length;
                plain = 0;
                continue;
            }

            read++;
            if (unit < 0x80)
            {
                to = (byte)unit;
                written++;
                plain++;
                continue;
            }

            plain = 0;
            if (unit < 0x800)
            {
                Unsafe.WriteUnaligned(ref to, (ushort)(0x80C0 | (unit >> 6) | ((unit & 0x3F) << 8)));
                written += 2;
                continue;
            }

            // There is room for a fourth byte, which the next unit overwrites.
            Unsafe.WriteUnaligned(ref to, 0x8080E0 | (unit >> 12) | ((unit << 2) & 0x3F00) | ((unit & 0x3F) << 16));
            written += 3;
        }

        _at += written;
        return read;
    }

    // One escape, or a pair of surrogates; returns how many units that took.
    private static int WriteEscape(scoped ReadOnlySpan<char> text, ref byte to, out int length)
    {
        if (EscapedUnits.Letter(text[0]) is var letter and not 0)
        {
            to = (byte)'\\';
            Unsafe.Add(ref to, 1) = letter;
            length = 2;
            return 1;
        }

        if (Rune.DecodeFromUtf16(text, out var rune, out var units) != OperationStatus.Done)
        {
            // A surrogate that stands alone.
            WriteHex((char)Rune.ReplacementChar.Value, ref to);
            length = MaxEscapedLength;
        }
        else if (EscapedUnits.Contains(rune))
        {
            for (var i = 0; i < units; i++) WriteHex(text[i], ref Unsafe.Add(ref to, i * MaxEscapedLength));
            length = units * MaxEscapedLength;
        }
        else
        {
            length = rune.EncodeToUtf8(MemoryMarshal.CreateSpan(ref to, sizeof(uint)));
        }

        return units;
    }

    private static void WriteHex(char unit, ref byte to)
    {
        to = (byte)'\\';
        Unsafe.Add(ref to, 1) = (byte)'u';
        for (var i = 0; i < 4; i++) Unsafe.Add(ref to, i + 2) = (byte)"0123456789ABCDEF"[(unit >> (12 - (4 * i))) & 0xF];
    }

    // Copies what is ASCII and needs no escape, and returns how much that was. May write beyond that, within the text's length.
    private static int NarrowPlain(scoped ReadOnlySpan<char> text, ref byte target)
    {
        if (text.Length >= Vector128<byte>.Count) return NarrowBlocks(text, ref target);
        if (text.Length < 4) return NarrowUnits(text, ref target);

        // Start and end, which overlap, side by side.
        ref var source = ref Unsafe.As<char, ushort>(ref MemoryMarshal.GetReference(text));
        if (text.Length >= Vector128<ushort>.Count)
        {
            var last = text.Length - Vector128<ushort>.Count;
            var (start, end) = (Vector128.LoadUnsafe(ref source), Vector128.LoadUnsafe(ref source, (nuint)last));
            var bytes = Vector128.Narrow(start, end);
            if (HasStops(start | end, bytes)) return NarrowUnits(text, ref target);

            Unsafe.WriteUnaligned(ref target, bytes.AsUInt64().GetElement(0));
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, last), bytes.AsUInt64().GetElement(1));
        }
        else
        {
            var last = text.Length - 4;
            var (start, end) = (ReadFour(ref source, 0), ReadFour(ref source, last));
            var units = Vector128.Create(start, end).AsUInt16();
            var bytes = Vector128.Narrow(units, units);
            if (HasStops(units, bytes)) return NarrowUnits(text, ref target);

            Unsafe.WriteUnaligned(ref target, bytes.AsUInt32().GetElement(0));
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref target, last), bytes.AsUInt32().GetElement(1));
        }

        return text.Length;
    }

    private static int NarrowBlocks(scoped ReadOnlySpan<char> text, ref byte target)
    {
        ref var source = ref Unsafe.As<char, ushort>(ref MemoryMarshal.GetReference(text));
        var at = 0;
        var last = text.Length - Vector128<byte>.Count;
        while (true)
        {
            var low = Vector128.LoadUnsafe(ref source, (nuint)at);
            var high = Vector128.LoadUnsafe(ref source, (nuint)at + 8);
            var bytes = Vector128.Narrow(low, high);
            bytes.StoreUnsafe(ref target, (nuint)at);
            if (HasStops(low | high, bytes)) return at + BitOperations.TrailingZeroCount(StopsIn(low, high, bytes));
            if (at == last) return text.Length;

            // The last round takes what is left together with some of what was taken.
            at = Math.Min(at + Vector128<byte>.Count, last);
        }
    }

    private static int NarrowUnits(scoped ReadOnlySpan<char> text, ref byte target)
    {
        var at = 0;
        for (; at < text.Length; at++)
        {
            var unit = text[at];
            if (unit is < ' ' or > '~' or '"' or '\\') break;
            Unsafe.Add(ref target, at) = (byte)unit;
        }

        return at;
    }

    private static ulong ReadFour(ref ushort source, int at) => Unsafe.ReadUnaligned<ulong>(ref Unsafe.As<ushort, byte>(ref Unsafe.Add(ref source, at)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool HasStops(Vector128<ushort> units, Vector128<byte> bytes) =>
        (EscapesIn(bytes) | (units & Vector128.Create((ushort)0xFF80)).AsByte()) != Vector128<byte>.Zero;

    private static uint StopsIn(Vector128<ushort> low, Vector128<ushort> high, Vector128<byte> bytes)
    {
        var limit = Vector128.Create((ushort)0x7F);
        return (EscapesIn(bytes) | Vector128.Narrow(Vector128.GreaterThan(low, limit), Vector128.GreaterThan(high, limit))).ExtractMostSignificantBits();
    }

    // All ones where a byte is no printable ASCII, or a quote, or a backslash.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> EscapesIn(Vector128<byte> bytes)
    {
        var fromSpace = bytes - Vector128.Create((byte)' ');
        var odd = ~Vector128.Equals(Vector128.Min(fromSpace, Vector128.Create((byte)('~' - ' '))), fromSpace);
        return odd | Vector128.Equals(bytes, Vector128.Create((byte)'"')) | Vector128.Equals(bytes, Vector128.Create((byte)'\\'));
    }
}
