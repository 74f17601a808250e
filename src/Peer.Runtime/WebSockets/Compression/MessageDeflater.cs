namespace Peers.WebSockets;

/// <summary>The write side of one connection that agreed on permessage-deflate.</summary>
/// <remarks>Without context takeover it is safe from any thread and keeps nothing. With it, <see cref="Deflate"/> to <see cref="Remember"/> is one step under the caller's lock.</remarks>
/// <param name="codec">What deflates.</param>
/// <param name="options">The endpoint's.</param>
/// <param name="windowBits">The window that was agreed on, 9 to 15.</param>
/// <param name="takesOver">Whether a message may refer to earlier ones.</param>
internal sealed class MessageDeflater(DeflateCodec codec, CompressionOptions options, int windowBits, bool takesOver) : IDisposable
{
    private readonly int _threshold = options.Threshold;
    private readonly int _level = options.Level;
    private ContextHistory _history = new(takesOver ? windowBits : 0);

    /// <summary>Whether a message may refer to earlier ones: it is for one peer, and must not be lost once it was compressed.</summary>
    public bool TakesOver => takesOver;

    /// <summary>What was agreed on, as in <c>Sec-WebSocket-Extensions</c>.</summary>
    public string Extensions { get; init; } = "";

    /// <summary>Held from compressing to appending, where messages refer to each other.</summary>
    public Lock Order { get; } = new();

    /// <summary>Whether a message is worth to be tried.</summary>
    /// <param name="length">Its payload's length.</param>
    /// <param name="isAsked">Whether the application asks for it.</param>
    public bool Wants(int length, bool isAsked) => length > 0 && (isAsked || length >= _threshold);

    /// <summary>Which form of a message this end can read, among peers that keep no context: 9 to 15.</summary>
    /// <remarks>A message that fits into the window whole cannot refer farther back than that, whatever window made it.</remarks>
    public int FormOf(int length) => length <= 1 << windowBits ? CompressionOptions.LargestWindowBits : windowBits;

    /// <summary>Compresses a payload.</summary>
    /// <param name="payload">The payload, not empty.</param>
    /// <param name="destination">At least <see cref="DeflateCodec.Room"/> for it.</param>
    /// <returns>The length of the result, or -1 where it would not be smaller.</returns>
    public int Deflate(ReadOnlySpan<byte> payload, Span<byte> destination) =>
        codec.Deflate(_level, takesOver ? windowBits : FormOf(payload.Length), _history.Span, payload, destination);

    /// <summary>Notes that a payload will be sent in its compressed form.</summary>
    public void Remember(ReadOnlySpan<byte> payload) => _history.Append(payload);

    /// <summary>Gives back what it keeps.</summary>
    public void Dispose()
    {
        lock (Order) _history.Return();
    }
}
