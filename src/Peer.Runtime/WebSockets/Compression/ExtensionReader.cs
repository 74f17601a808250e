namespace Peers.WebSockets;

/// <summary>Reads a <c>Sec-WebSocket-Extensions</c> header: for each extension its name, then its parameters.</summary>
/// <remarks>Once <see cref="IsMalformed"/> is set it reads nothing more.</remarks>
// RFC 6455 §9.1:  extension *("," extension);  extension = token *(";" token ["=" (token | quoted-string)])
internal ref struct ExtensionReader(ReadOnlySpan<char> header)
{
    private ReadOnlySpan<char> _rest = header;
    private bool _isInside;

    /// <summary>Whether what was read so far is not what the standard allows.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Whether a whole header is well-formed; an empty one is.</summary>
    public static bool IsValid(ReadOnlySpan<char> header)
    {
        var reader = new ExtensionReader(header);
        while (reader.TryReadExtension(out _))
        {
            while (reader.TryReadParameter(out _, out _))
            {
            }
        }

        return !reader.IsMalformed;
    }

    /// <summary>Moves to the next extension, behind all parameters of the last.</summary>
    public bool TryReadExtension(out ReadOnlySpan<char> name)
    {
        while (_isInside && TryReadParameter(out _, out _))
        {
        }

        name = default;
        SkipSpace();
        while (TrySkip(',')) SkipSpace();
        if (IsMalformed || _rest.IsEmpty || !TryReadToken(out name)) return false;
        return _isInside = true;
    }

    /// <summary>Moves to the next parameter of the extension. Its value is empty where it has none; one that is there never is.</summary>
    public bool TryReadParameter(out ReadOnlySpan<char> name, out ReadOnlySpan<char> value)
    {
        name = value = default;
        SkipSpace();
        if (IsMalformed || !TrySkip(';')) return LeaveExtension();
        SkipSpace();
        if (!TryReadToken(out name)) return false;
        SkipSpace();
        if (!TrySkip('=')) return true;
        SkipSpace();
        return _rest is ['"', ..] ? TryReadQuoted(out value) : TryReadToken(out value);
    }

    private bool LeaveExtension()
    {
        _isInside = false;
        if (!_rest.IsEmpty && _rest[0] != ',') IsMalformed = true;
        return false;
    }

    private bool TryReadToken(out ReadOnlySpan<char> token)
    {
        int length = 0;
        while (length < _rest.Length && IsTokenChar(_rest[length])) length++;
        token = _rest[..length];
        _rest = _rest[length..];
        if (length == 0) IsMalformed = true;
        return length > 0;
    }

    // What is quoted must be a token too (§9.1), so a backslash never has to stand in it; where one does, it is taken off.
    private bool TryReadQuoted(out ReadOnlySpan<char> value)
    {
        int end = _rest[1..].IndexOf('"');
        value = end < 0 ? default : _rest.Slice(1, end);
        if (value.Contains('\\')) value = value.ToString().Replace("\\", "", StringComparison.Ordinal);
        _rest = end < 0 ? default : _rest[(end + 2)..];
        foreach (char next in value) IsMalformed |= !IsTokenChar(next);
        IsMalformed |= value.IsEmpty;
        return !IsMalformed;
    }

    private void SkipSpace() => _rest = _rest.TrimStart(" \t");

    private bool TrySkip(char expected)
    {
        if (_rest.IsEmpty || _rest[0] != expected) return false;
        _rest = _rest[1..];
        return true;
    }

    // RFC 9110 §5.6.2.
    private static bool IsTokenChar(char value) => char.IsAsciiLetterOrDigit(value) || "!#$%&'*+-.^_`|~".Contains(value, StringComparison.Ordinal);
}
