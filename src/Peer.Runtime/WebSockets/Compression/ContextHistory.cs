namespace Peers.WebSockets;

/// <summary>The end of what was sent in one direction, as much as the window holds: all there is to a context between messages (RFC 7692 §7.1.1).</summary>
/// <remarks>A mutable struct: keep it in a field. Holds a rented buffer of at most the window from its first message on.</remarks>
internal struct ContextHistory
{
    private readonly int _window;
    private byte[]? _bytes;
    private int _length;

    /// <summary>Begins empty.</summary>
    /// <param name="windowBits">The window, 9 to 15; 0 keeps nothing.</param>
    public ContextHistory(int windowBits) => _window = windowBits == 0 ? 0 : 1 << windowBits;

    /// <summary>What may be referred to, until the next call.</summary>
    public readonly ReadOnlySpan<byte> Span => _bytes.AsSpan(0, _length);

    /// <summary>Appends a message that was sent compressed.</summary>
    public void Append(ReadOnlySpan<byte> payload)
    {
        if (_window == 0 || payload.IsEmpty) return;
        payload = payload[^Math.Min(payload.Length, _window)..];
        int kept = Math.Min(_length, _window - payload.Length);
        if (_bytes is null || _bytes.Length < kept + payload.Length) Grow(kept, kept + payload.Length);
        else _bytes.AsSpan(_length - kept, kept).CopyTo(_bytes);
        payload.CopyTo(_bytes.AsSpan(kept));
        _length = kept + payload.Length;
    }

    /// <summary>Gives back the buffer.</summary>
    public void Return()
    {
        if (_bytes is not null) Buffers.Return(_bytes);
        (_bytes, _length) = (null, 0);
    }

    private void Grow(int kept, int length)
    {
        byte[] bigger = Buffers.Rent<byte>(Math.Min(_window, length * 2));
        if (_bytes is not null)
        {
            _bytes.AsSpan(_length - kept, kept).CopyTo(bigger);
            Buffers.Return(_bytes);
        }

        _bytes = bigger;
    }
}
