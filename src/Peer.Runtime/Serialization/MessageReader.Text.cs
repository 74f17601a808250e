using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;

namespace Peers;

// Strings, and what is written as one without being a date or a number.
public ref partial struct MessageReader
{
    private const int CharsOnStack = 256;

    /// <summary>Reads a string.</summary>
    public bool TryRead([NotNullWhen(true)] out string? value)
    {
        SkipSpace();
        if (Peek() == '"')
        {
            var start = _at + 1;
            var end = JsonText.FindStop(_json, start, out var isAscii);
            if (isAscii && end < _json.Length && _json[end] == '"')
            {
                _at = end + 1;
                value = AsciiString(_json[start..end]);
                return true;
            }
        }

        return TryReadOddString(out value);
    }

    /// <summary>Reads a string of one UTF-16 unit.</summary>
    public bool TryRead(out char value)
    {
        value = default;
        if (!TryReadText(out var text)) return false;
        if (Rune.DecodeFromUtf8(text, out var rune, out var length) != OperationStatus.Done || length != text.Length || !rune.IsBmp)
            return Fail("A string of one character was expected.");

        value = (char)rune.Value;
        return true;
    }

    /// <summary>Reads a GUID in its form with hyphens.</summary>
    public bool TryRead(out Guid value)
    {
        value = default;
        if (!TryReadText(out var text)) return false;
        return HexDigits.TryRead(text, out value) || Fail("A GUID was expected.");
    }

    /// <summary>Reads a peer's id: 32 hexadecimal digits.</summary>
    public bool TryRead(out PeerId value)
    {
        value = default;
        if (!TryReadText(out var text)) return false;
        return PeerId.TryParse(text, out value) || Fail("A peer's id was expected.");
    }

    /// <summary>Reads base64.</summary>
    public bool TryRead([NotNullWhen(true)] out byte[]? value)
    {
        value = null;
        if (!TryReadText(out var text)) return false;

        var bytes = new byte[System.Buffers.Text.Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        if (System.Buffers.Text.Base64.DecodeFromUtf8(text, bytes, out _, out var length) != OperationStatus.Done) return Fail("Base64 was expected.");

        value = length == bytes.Length ? bytes : bytes[..length];
        return true;
    }

    /// <summary>Reads base64; <c>null</c> as no bytes.</summary>
    public bool TryRead(out ReadOnlyMemory<byte> value)
    {
        value = default;
        if (TryReadNull()) return true;

        var isRead = TryRead(out byte[]? bytes);
        value = bytes;
        return isRead;
    }

    /// <inheritdoc cref="TryRead(out ReadOnlyMemory{byte})"/>
    public bool TryRead(out Memory<byte> value)
    {
        value = default;
        if (TryReadNull()) return true;

        var isRead = TryRead(out byte[]? bytes);
        value = bytes;
        return isRead;
    }

    /// <summary>Reads a URI, absolute or relative.</summary>
    public bool TryRead([NotNullWhen(true)] out Uri? value)
    {
        value = null;
        if (!TryRead(out string? text)) return false;
        return Uri.TryCreate(text, UriKind.RelativeOrAbsolute, out value) || Fail("A URI was expected.");
    }

    /// <summary>Reads a version of two to four parts.</summary>
    public bool TryRead([NotNullWhen(true)] out Version? value)
    {
        value = null;
        if (!TryRead(out string? text)) return false;

        // Version.Parse takes white space and signs around the parts.
        var isTrimmed = text.Length > 0 && char.IsAsciiDigit(text[0]) && char.IsAsciiDigit(text[^1]);
        return (isTrimmed && Version.TryParse(text, out value)) || Fail("A version was expected.");
    }

    /// <summary>Reads the contents of a string as UTF-8, escapes resolved. Only a string with escapes costs an array.</summary>
    private bool TryReadText(out ReadOnlySpan<byte> text)
    {
        SkipSpace();
        if (Peek() == '"')
        {
            var start = _at + 1;
            var end = JsonText.FindStop(_json, start, out var isAscii);
            if (isAscii && end < _json.Length && _json[end] == '"')
            {
                _at = end + 1;
                text = _json[start..end];
                return true;
            }
        }

        return TryReadOddText(out text);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryReadOddText(out ReadOnlySpan<byte> text)
    {
        text = default;
        if (!TryTakeString(out var contents)) return false;

        text = contents;
        if (!contents.Contains((byte)'\\')) return true;
        if (!JsonText.TryUnescape(contents, out var unescaped)) return Fail("A surrogate stands alone in a string.");

        text = unescaped;
        return true;
    }

    // Not ASCII alone, with escapes, or no string.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryReadOddString([NotNullWhen(true)] out string? value)
    {
        value = null;
        if (Peek() != '"') return Fail("A string was expected.");

        var end = JsonText.FindStop(_json, _at + 1, out _);
        if (end == _json.Length || _json[end] != '"') return TryReadEscapedString(out value);

        // Decoding checks the UTF-8 on the way.
        var text = _json[(_at + 1)..end];
        char[]? rented = null;
        var chars = text.Length <= CharsOnStack ? stackalloc char[CharsOnStack] : rented = Buffers.Rent<char>(text.Length);
        if (Utf8.ToUtf16(text, chars, out _, out var length, replaceInvalidSequences: false) == OperationStatus.Done) value = new string(chars[..length]);
        if (rented is not null) Buffers.Return(rented);
        if (value is null) return Fail("A string was expected.");

        _at = end + 1;
        return true;
    }

    private bool TryReadEscapedString([NotNullWhen(true)] out string? value)
    {
        value = null;
        if (!TryTakeString(out var contents)) return false;

        char[]? rented = null;
        var chars = contents.Length <= CharsOnStack ? stackalloc char[CharsOnStack] : rented = Buffers.Rent<char>(contents.Length);
        if (TryUnescape(contents, chars, out var length)) value = new string(chars[..length]);
        if (rented is not null) Buffers.Return(rented);
        return value is not null || Fail("A surrogate stands alone in a string.");
    }

    private static bool TryUnescape(ReadOnlySpan<byte> text, Span<char> chars, out int length)
    {
        length = 0;
        while (true)
        {
            var escape = text.IndexOf((byte)'\\');
            Utf8.ToUtf16(escape < 0 ? text : text[..escape], chars[length..], out _, out var written);
            length += written;
            if (escape < 0) return true;

            text = text[escape..];
            if (!JsonText.TryReadEscape(ref text, out var rune)) return false;
            length += rune.EncodeToUtf16(chars[length..]);
        }
    }

    // Well formed when it returns true: UTF-8 and the escapes' letters are checked, lone surrogates among the escapes are not.
    private bool TryTakeString(out ReadOnlySpan<byte> contents)
    {
        contents = default;
        if (Peek() != '"') return Fail("A string was expected.");

        var end = JsonText.SkipString(_json, _at + 1);
        if (end < 0) return Fail("A string was expected.");

        contents = _json[(_at + 1)..(end - 1)];
        _at = end;
        return true;
    }

    private static string AsciiString(ReadOnlySpan<byte> ascii)
    {
        if (ascii.IsEmpty) return "";
        return string.Create(ascii.Length, ascii, static (chars, bytes) => Ascii.ToUtf16(bytes, chars, out _));
    }
}
