namespace Peers;

/// <summary>Reads one JSON object out of UTF-8. Generated code drives it; nothing is thrown for bad input.</summary>
public ref struct MessageReader
{
    private readonly ReadOnlySpan<byte> _json;

    /// <summary>Starts at the beginning of a text.</summary>
    public MessageReader(ReadOnlySpan<byte> utf8Json) => _json = utf8Json;

    /// <summary>What went wrong, or <see cref="MessageReadError.None"/>.</summary>
    public MessageReadError Error { get; private set; }

    /// <summary>The raw JSON token of <c>$id</c>, a number or a string in quotes, where one was met; else empty.</summary>
    public ReadOnlySpan<byte> RequestId { get; private set; }

    /// <summary>Whether only white space is left.</summary>
    public readonly bool AtEnd => _json.IsEmpty;
}
