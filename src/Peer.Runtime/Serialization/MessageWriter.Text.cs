using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text.Encodings.Web;

namespace Peers;

// Strings, escaped as JavaScriptEncoder.UnsafeRelaxedJsonEscaping does, and what is written as one.
public ref partial struct MessageWriter
{
    // A UTF-16 unit becomes at most six bytes: \uXXXX.
    private const int MaxEscapedLength = 6;

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
            if (text[0] < 0x80)
            {
                WriteEscape(text[0]);
                text = text[1..];
            }
            else
            {
                text = text[WriteForeign(text)..];
            }

            var plain = NarrowPlain(text, Free(text.Length));
            _at += plain;
            text = text[plain..];
        }
    }

    private void WriteEscape(char value)
    {
        var letter = value switch
        {
            '"' => '"',
            '\\' => '\\',
            '\b' => 'b',
            '\f' => 'f',
            '\n' => 'n',
            '\r' => 'r',
            '\t' => 't',
            _ => '\0',
        };
        if (letter != '\0')
        {
            WriteRaw([(byte)'\\', (byte)letter]);
            return;
        }

        WriteRaw("\\u00"u8);
        WriteRaw([Hex(value >> 4), Hex(value & 0xF)]);
    }

    // The run in front that is not ASCII. Which of it is escaped is the encoder's own table: controls, spaces, what Unicode has not assigned.
    private int WriteForeign(scoped ReadOnlySpan<char> text)
    {
        var length = text.IndexOfAnyInRange('\0', '\x7F');
        if (length < 0) length = text.Length;

        var run = text[..length];
        var escaped = ArrayPool<char>.Shared.Rent(run.Length * MaxEscapedLength);
        JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(run, escaped, out _, out var written);
        var free = Free(written * 3);
        _at += System.Text.Encoding.UTF8.GetBytes(escaped.AsSpan(0, written), free);
        ArrayPool<char>.Shared.Return(escaped);
        return length;
    }

    // Copies what is ASCII and needs no escape, and returns how much that was. May write beyond that, within the text's length.
    private static int NarrowPlain(scoped ReadOnlySpan<char> text, Span<byte> utf8)
    {
        ref var source = ref Unsafe.As<char, ushort>(ref MemoryMarshal.GetReference(text));
        ref var target = ref MemoryMarshal.GetReference(utf8);
        var at = 0;
        if (text.Length >= Vector128<byte>.Count)
        {
            var last = text.Length - Vector128<byte>.Count;
            while (true)
            {
                var low = Vector128.LoadUnsafe(ref source, (nuint)at);
                var high = Vector128.LoadUnsafe(ref source, (nuint)at + 8);
                var bytes = Vector128.Narrow(low, high);
                bytes.StoreUnsafe(ref target, (nuint)at);
                var stops = StopsIn(low | high, bytes);
                if (stops == AllNotAscii) break;
                if (stops != 0) return at + BitOperations.TrailingZeroCount(stops);
                if (at == last) return text.Length;

                // The last round takes what is left together with some of what was taken.
                at = Math.Min(at + Vector128<byte>.Count, last);
            }
        }

        for (; at < text.Length; at++)
        {
            var value = text[at];
            if (value is < ' ' or > '~' or '"' or '\\') break;
            utf8[at] = (byte)value;
        }

        return at;
    }

    private const uint AllNotAscii = uint.MaxValue;

    private static uint StopsIn(Vector128<ushort> units, Vector128<byte> bytes)
    {
        if ((units & Vector128.Create((ushort)0xFF80)) != Vector128<ushort>.Zero) return AllNotAscii;

        var controls = Vector128.Equals(Vector128.Min(bytes, Vector128.Create((byte)0x1F)), bytes);
        var deletes = Vector128.Equals(bytes, Vector128.Create((byte)0x7F));
        var quotes = Vector128.Equals(bytes, Vector128.Create((byte)'"'));
        var backslashes = Vector128.Equals(bytes, Vector128.Create((byte)'\\'));
        return (controls | deletes | quotes | backslashes).ExtractMostSignificantBits();
    }

    private static byte Hex(int digit) => (byte)(digit < 10 ? '0' + digit : 'A' + digit - 10);
}
