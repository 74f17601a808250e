namespace Peers.WebSockets;

/// <summary>The read side of one connection that agreed on permessage-deflate. One read loop calls it.</summary>
/// <param name="codec">What inflates.</param>
/// <param name="maxMessageSize">The most bytes of a message, inflated.</param>
/// <param name="contextBits">The window that the remote end may refer back to, 9 to 15; 0 where it keeps no context.</param>
internal sealed class MessageInflater(DeflateCodec codec, int maxMessageSize, int contextBits) : IDisposable
{
    private ContextHistory _history = new(contextBits);

    /// <summary>The most bytes that a message may come in: what DEFLATE makes at worst of the longest message.</summary>
    /// <remarks>Fixed Huffman codes of nine bits for every byte; stored blocks cost less.</remarks>
    public int MaxCompressedSize { get; } = (int)Math.Min(maxMessageSize + (maxMessageSize / 8L) + 64, Array.MaxLength);

    /// <summary>Inflates a whole message behind what the output holds, which is nothing.</summary>
    /// <returns>What is wrong with it; the default value where nothing is.</returns>
    public ProtocolFault Inflate(ReadOnlySpan<byte> compressed, ref GatherBuffer output)
    {
        var result = codec.Inflate(_history.Span, compressed, ref output, maxMessageSize);
        if (result == InflateResult.TooBig) return new(CloseCode.MessageTooBig, "message inflates too big");
        if (result == InflateResult.Corrupt) return new(CloseCode.InvalidPayload, "compressed data is corrupt");
        _history.Append(output.Span);
        return default;
    }

    /// <summary>Gives back what it keeps.</summary>
    public void Dispose() => _history.Return();
}
