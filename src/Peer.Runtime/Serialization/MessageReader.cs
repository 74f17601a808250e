using System.Runtime.CompilerServices;

namespace Peers;

/// <summary>Reads messages out of UTF-8. Generated code drives it; nothing is thrown for what a text holds.</summary>
/// <remarks>
/// Every method that begins with Try returns false where the text does not go on as asked, sets <see cref="Error"/> unless its summary says
/// otherwise, and leaves nothing more to be read. White space before what is asked for is skipped. The text is borrowed: what is
/// handed out as a span lies in it, whatever else is handed out is a copy.
/// </remarks>
public ref partial struct MessageReader
{
    private readonly ReadOnlySpan<byte> _json;
    private int _at;
    private int _depth;

    // The last member's, unescaped; good until the next is met, in whatever object.
    private ReadOnlySpan<byte> _name;

    // Whether the innermost object or array was just opened, so that no comma comes before what follows.
    private bool _isFirst;

    /// <summary>Starts at the beginning of a text.</summary>
    public MessageReader(ReadOnlySpan<byte> utf8Json) => _json = utf8Json;

    /// <summary>What went wrong, or <see cref="MessageReadError.None"/>.</summary>
    public MessageReadError Error { get; private set; }

    /// <summary>The raw JSON token of <c>$id</c>, a number or a string in quotes, where one was met; else empty.</summary>
    public ReadOnlySpan<byte> RequestId { get; private set; }

    /// <summary>Whether only white space is left.</summary>
    public readonly bool AtEnd => JsonText.SkipSpace(_json, _at) == _json.Length;

    /// <summary>Whether <see cref="Error"/> is set.</summary>
    public readonly bool HasFailed => Error.Kind != MessageReadErrorKind.None;

    /// <summary>Opens a message whose text begins as we write it: <c>{"type":"said"</c>. Takes a <c>$id</c> that follows at once.</summary>
    /// <returns>False, without an error, where the text begins otherwise; nothing is taken then.</returns>
    public bool TryOpenMessage(scoped ReadOnlySpan<byte> start)
    {
        if (!TryOpen(start)) return false;

        // A message inside another answers no request.
        if (_depth == 1 && TryTake(",\"$id\":"u8)) TryReadRequestId();
        return true;
    }

    /// <summary>Opens an object whose text goes on as we write it: a brace and what follows it.</summary>
    /// <returns>False, without an error, where the text goes on otherwise; nothing is taken then.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryOpen(scoped ReadOnlySpan<byte> start)
    {
        if (_depth >= JsonText.MaxDepth || !TryTake(start)) return false;

        _depth++;
        return true;
    }

    /// <summary>Takes exactly these bytes.</summary>
    /// <returns>False, without an error, where the text goes on otherwise; nothing is taken then.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryTake(scoped ReadOnlySpan<byte> expected)
    {
        var rest = _json[_at..];
        if (!rest.StartsWith(expected)) return false;

        _at += expected.Length;
        return true;
    }

    /// <summary>Takes the brace that opens an object.</summary>
    public bool TryReadObjectStart() => TryReadStart((byte)'{', "An object was expected.");

    /// <summary>Takes the bracket that opens an array.</summary>
    public bool TryReadArrayStart() => TryReadStart((byte)'[', "An array was expected.");

    /// <summary>Goes to the next member of the open object: takes its name and the colon. <see cref="NameIs"/> and <see cref="ReadKey"/> tell the name.</summary>
    /// <returns>False where the object ends here, which is taken, or on an error: <see cref="HasFailed"/> tells.</returns>
    public bool TryReadName()
    {
        if (!TryGoOn((byte)'}')) return false;

        SkipSpace();
        if (Peek() != '"') return Fail("A name was expected.");

        var start = _at + 1;
        var end = JsonText.FindStop(_json, start, out var isAscii);
        if (isAscii && end < _json.Length && _json[end] == '"')
        {
            _name = _json[start..end];
            _at = end + 1;
        }
        else if (!TryReadOddText(out _name))
        {
            return false;
        }

        SkipSpace();
        if (Peek() != ':') return Fail("A colon was expected.");

        _at++;
        return true;
    }

    /// <summary>Whether the member that <see cref="TryReadName"/> went to is called so.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool NameIs(scoped ReadOnlySpan<byte> name) => _name.SequenceEqual(name);

    /// <summary>The name of the member that <see cref="TryReadName"/> went to. Call it before anything else is read.</summary>
    public readonly string ReadKey() => System.Text.Encoding.UTF8.GetString(_name);

    /// <summary>Goes to the next item of the open array.</summary>
    /// <returns>False where the array ends here, which is taken, or on an error: <see cref="HasFailed"/> tells.</returns>
    public bool TryReadItem() => TryGoOn((byte)']');

    /// <summary>Takes <c>null</c>.</summary>
    /// <returns>False, without an error, where something else comes; nothing is taken then.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReadNull()
    {
        SkipSpace();
        return TryTake("null"u8);
    }

    /// <summary>Reads the value of <c>type</c>, which has to be the message's own.</summary>
    public bool TryReadType(scoped ReadOnlySpan<byte> expected)
    {
        if (!TryReadText(out var type)) return false;
        return type.SequenceEqual(expected) || Fail("The type is another message's.");
    }

    /// <summary>Skips the value of a member that the message does not have; keeps it as <see cref="RequestId"/> where the name is <c>$id</c>.</summary>
    public bool TrySkipMember() => _depth == 1 && NameIs("$id"u8) ? TryReadRequestId() : TrySkip();

    /// <summary>Reads a member that is none of the type's own, where such members are refused: only the message's <c>$id</c> is
    /// taken.</summary>
    public bool TryReadProtocolMember() => _depth == 1 && NameIs("$id"u8) ? TryReadRequestId() : Fail("An object has a member that its type does not have.");

    /// <summary>Skips a value of any kind.</summary>
    public bool TrySkip()
    {
        SkipSpace();
        var end = JsonText.SkipValue(_json, _at, _depth);
        if (end < 0) return Fail("A value was expected.");

        _at = end;
        return true;
    }

    /// <summary>Marks a member as read.</summary>
    /// <param name="seen">One bit a member.</param>
    /// <param name="member">The member's bit.</param>
    /// <returns>False where it was read before.</returns>
    public bool TryMark(ref ulong seen, ulong member)
    {
        if ((seen & member) != 0) return FailDuplicate();

        seen |= member;
        return true;
    }

    /// <summary>Says that the text does not fit.</summary>
    /// <param name="reason">What is wrong, in a sentence without anything from the wire.</param>
    /// <returns>False.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public bool Fail(string reason)
    {
        if (HasFailed) return false;

        // A text that is not JSON at all is reported as such, also where it stopped fitting earlier.
        Error = JsonText.TryCheck(_json, out var malformed) ? new(MessageReadErrorKind.Invalid, reason, _at) : malformed;
        return false;
    }

    /// <summary>Says that a member stands twice.</summary>
    /// <returns>False.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public bool FailDuplicate() => Fail("A member stands twice.");

    /// <summary>Says which required member is missing.</summary>
    /// <param name="seen">One bit a member that was read.</param>
    /// <param name="required">The bits of those that have to be.</param>
    /// <param name="names">The members' names in the order of their bits, separated by commas.</param>
    /// <returns>False.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public bool FailMissing(ulong seen, ulong required, string names)
    {
        if (HasFailed) return false;

        var missing = System.Numerics.BitOperations.TrailingZeroCount(required & ~seen);
        return Fail($"The member '{names.Split(',')[missing]}' is missing.");
    }

    /// <summary>How far the text has been read, in bytes.</summary>
    internal readonly int Position => _at;

    /// <summary>The name of the member that <see cref="TryReadName"/> went to.</summary>
    internal readonly ReadOnlySpan<byte> Name => _name;

    /// <summary>Checks that only white space is left.</summary>
    internal bool TryReadEnd() => AtEnd || Fail("Something follows the message.");

    /// <summary>Takes a value of any kind out of a text that is known to be JSON.</summary>
    internal ReadOnlySpan<byte> TakeValue()
    {
        SkipSpace();
        var start = _at;
        _at = JsonText.SkipValue(_json, _at, _depth);
        return _json[start.._at];
    }

    private bool TryReadRequestId()
    {
        SkipSpace();
        var start = _at;
        if (!TrySkip()) return false;
        if (!RequestId.IsEmpty) return FailDuplicate();

        var token = _json[start.._at];
        if (!MessageEnvelope.IsRequestId(token)) return Fail("The $id is neither a number nor a string of up to 64 bytes.");

        RequestId = token;
        return true;
    }

    private bool TryReadStart(byte bracket, string reason)
    {
        SkipSpace();
        if (_depth >= JsonText.MaxDepth || Peek() != bracket) return Fail(reason);

        _at++;
        _depth++;
        _isFirst = true;
        return true;
    }

    // Behind an opening bracket or a value: either the closing bracket comes, or a comma (not behind the opening one) and more.
    private bool TryGoOn(byte close)
    {
        SkipSpace();
        var next = Peek();
        if (next == close)
        {
            _at++;
            _depth--;
            _isFirst = false;
            return false;
        }

        if (_isFirst)
        {
            _isFirst = false;
            return true;
        }

        if (next != ',') return Fail("A comma was expected.");

        _at++;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void SkipSpace()
    {
        if ((uint)_at < (uint)_json.Length && _json[_at] <= ' ') _at = JsonText.SkipSpace(_json, _at);
    }

    // The next byte, or 0, which is part of no JSON, at the end.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly byte Peek() => (uint)_at < (uint)_json.Length ? _json[_at] : (byte)0;
}
