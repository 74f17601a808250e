namespace Peers.WebSockets;

/// <summary>The read side of one connection that agreed on permessage-deflate. One read loop calls it.</summary>
/// <param name="codec">What inflates.</param>
/// <param name="maxMessageSize">The most bytes of a message, inflated.</param>
/// <param name="contextBits">The window that the remote end may refer back to, 9 to 15; 0 where it keeps no context.</param>
internal sealed class MessageInflater(DeflateCodec codec, int maxMessageSize, int contextBits) : IDisposable
{
    private ContextHistory _history = new(contextBits);
    private int _inflated;

    /// <summary>The most bytes that a message may come in: what DEFLATE makes at worst of the longest message.</summary>
    /// <remarks>Fixed Huffman codes of nine bits for every byte; stored blocks cost less.</remarks>
    public int MaxCompressedSize { get; } = (int)Math.Min(maxMessageSize + (maxMessageSize / 8L) + 64, Array.MaxLength);

    /// <summary>Whether <see cref="Stop"/> was called.</summary>
    public bool IsStopped { get; private set; }

    /// <summary>Ends inflating for good: compressed messages are skipped from now on.</summary>
    public void Stop() => IsStopped = true;

    /// <summary>How many bytes were inflated since the last call.</summary>
    public int TakeInflated()
    {
        var inflated = _inflated;
        _inflated = 0;
        return inflated;
    }

    /// <summary>Inflates a whole message behind what the output holds, which is nothing.</summary>
    /// <returns>What is wrong with it; the default value where nothing is.</returns>
    public ProtocolFault Inflate(ReadOnlySpan<byte> compressed, ref GatherBuffer output)
    {
        var result = codec.Inflate(_history.Span, compressed, ref output, maxMessageSize);
        if (result == InflateResult.TooBig) return new(CloseCode.MessageTooBig, "message inflates too big");
        if (result == InflateResult.Corrupt) return new(CloseCode.InvalidPayload, "compressed data is corrupt");
        _history.Append(output.Span);
        _inflated += output.Length;
        return default;
    }

    /// <summary>Gives back what it keeps.</summary>
    public void Dispose() => _history.Return();
}
