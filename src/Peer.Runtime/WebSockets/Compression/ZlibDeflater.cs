namespace Peers.WebSockets;

/// <summary>A deflater that is used for one message after another of whatever peers. Belongs to one thread.</summary>
/// <remarks>
/// A full flush behind each message leaves it as good as new, and there is no cheaper way: the output is that of a fresh one. Threads end without
/// a word, therefore the finalizer.
/// </remarks>
internal sealed class ZlibDeflater
{
    private readonly PinnedBytes _input;
    private readonly PinnedBytes _output;
    private ZStream _stream;

    public ZlibDeflater(int level, int windowBits, PinnedBytes input, PinnedBytes output)
    {
        (Level, WindowBits, _input, _output) = (level, windowBits, input, output);
        IsUsable = Zlib.BeginDeflate(ref _stream, level, windowBits) == Zlib.Ok;
    }

    // Without a state there is nothing to end, and perhaps no zlib to call.
    ~ZlibDeflater()
    {
        if (_stream.State != 0) _ = Zlib.EndDeflate(ref _stream);
    }

    public int Level { get; }

    public int WindowBits { get; }

    /// <summary>False once zlib has failed, for which only a lack of memory is a reason: messages go uncompressed, and another is to be made.</summary>
    public bool IsUsable { get; private set; }

    /// <summary>Compresses a payload, up to and with the tail of the flush.</summary>
    /// <returns>The length of the result, or -1 where it does not fit.</returns>
    public int Deflate(ReadOnlySpan<byte> history, ReadOnlySpan<byte> payload, Span<byte> destination)
    {
        // What the history yields was sent long ago; only the window that it fills is wanted.
        if (!history.IsEmpty) Run(history, Zlib.SyncFlush, default);
        return Run(payload, Zlib.FullFlush, destination);
    }

    private int Run(ReadOnlySpan<byte> source, int flush, Span<byte> destination)
    {
        int written = 0;
        while (IsUsable)
        {
            int length = Math.Min(source.Length, PinnedBytes.Size);
            source[..length].CopyTo(_input.Bytes);
            source = source[length..];
            (_stream.NextIn, _stream.AvailableIn) = (_input.Address, (uint)length);
            written = Drain(source.IsEmpty ? flush : Zlib.NoFlush, destination, written);
            if (source.IsEmpty) break;
        }

        return IsUsable ? written : -1;
    }

    // Goes on where the destination is full, or the message would not be behind us.
    private int Drain(int flush, Span<byte> destination, int written)
    {
        do
        {
            (_stream.NextOut, _stream.AvailableOut) = (_output.Address, PinnedBytes.Size);
            IsUsable = Zlib.Deflate(ref _stream, flush) is Zlib.Ok or Zlib.BufferError;
            var produced = _output.Bytes.AsSpan(0, PinnedBytes.Size - (int)_stream.AvailableOut);
            if (written < 0 || !produced.TryCopyTo(destination[written..])) written = -1;
            else written += produced.Length;
        }
        while (IsUsable && _stream.AvailableOut == 0);
        return written;
    }
}
