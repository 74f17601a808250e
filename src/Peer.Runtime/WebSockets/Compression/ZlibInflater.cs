namespace Peers.WebSockets;

/// <summary>An inflater that is used for one message after another of whatever peers. Belongs to one thread.</summary>
/// <remarks>Threads end without a word, therefore the finalizer.</remarks>
internal sealed class ZlibInflater
{
    // A message has one final block, or none. One with so many more is made to cost.
    private const int MaxFinalBlocks = 1024;
    private const int WindowSize = 1 << CompressionOptions.LargestWindowBits;

    private readonly PinnedBytes _input;
    private readonly PinnedBytes _output;
    private ZStream _stream;

    public ZlibInflater(PinnedBytes input, PinnedBytes output)
    {
        (_input, _output) = (input, output);
        if (Zlib.BeginInflate(ref _stream, CompressionOptions.LargestWindowBits) != Zlib.Ok) throw new InvalidOperationException("zlib made no inflater.");
    }

    // Without a state there is nothing to end, and perhaps no zlib to call.
    ~ZlibInflater()
    {
        if (_stream.State != 0) _ = Zlib.EndInflate(ref _stream);
    }

    public InflateResult Inflate(ReadOnlySpan<byte> history, ReadOnlySpan<byte> data, ref GatherBuffer output, int limit)
    {
        var rest = data;
        Restart(history, written: default);
        var end = Run(ref rest, ref output, limit);
        for (int finals = 1; end == End.FinalBlock; finals++)
        {
            // §7.2.3.4: a sender may use final blocks too, and go on behind them.
            if (rest.IsEmpty) return InflateResult.Done;
            if (finals > MaxFinalBlocks) return InflateResult.Corrupt;
            Restart(history, output.Span);
            end = Run(ref rest, ref output, limit);
        }

        if (end == End.Input)
        {
            // Bytes that the tail yields stand for bytes that were cut off.
            int length = output.Length;
            rest = DeflateCodec.Tail;
            end = Run(ref rest, ref output, limit);
            if (output.Length > length) return InflateResult.Corrupt;
        }

        if (end == End.Limit) return InflateResult.TooBig;
        return end == End.FinalBlock && rest.IsEmpty ? InflateResult.Done : InflateResult.Corrupt;
    }

    private End Run(ref ReadOnlySpan<byte> source, ref GatherBuffer output, int limit)
    {
        while (true)
        {
            int length = Math.Min(source.Length, PinnedBytes.Size);
            Fill(source[..length]);
            End end = Drain(ref output, limit);
            source = source[(length - (int)_stream.AvailableIn)..];
            if (end != End.Input || source.IsEmpty) return end;
        }
    }

    private End Drain(ref GatherBuffer output, int limit)
    {
        do
        {
            int room = (int)Math.Min(PinnedBytes.Size, (long)limit + 1 - output.Length);
            (_stream.NextOut, _stream.AvailableOut) = (_output.Address, (uint)room);
            int code = Zlib.Inflate(ref _stream, Zlib.SyncFlush);
            output.Append(_output.Bytes.AsSpan(0, room - (int)_stream.AvailableOut));
            if (output.Length > limit) return End.Limit;
            if (code == Zlib.StreamEnd) return End.FinalBlock;
            if (code is not (Zlib.Ok or Zlib.BufferError)) return End.Fault;
        }
        while (_stream.AvailableOut == 0);
        return End.Input;
    }

    // The window is what was written last, and before that the history.
    private void Restart(ReadOnlySpan<byte> history, ReadOnlySpan<byte> written)
    {
        _ = Zlib.ResetInflate(ref _stream, CompressionOptions.LargestWindowBits);
        written = written[^Math.Min(written.Length, WindowSize)..];
        Prime(history[^Math.Min(history.Length, WindowSize - written.Length)..]);
        Prime(written);
    }

    private void Prime(ReadOnlySpan<byte> bytes)
    {
        const int HeaderLength = DeflateCodec.StoredHeaderLength;
        while (!bytes.IsEmpty)
        {
            int length = Math.Min(bytes.Length, PinnedBytes.Size - HeaderLength);
            var block = _input.Bytes.AsSpan(0, HeaderLength + length);
            DeflateCodec.WriteStoredHeader(block, length);
            bytes[..length].CopyTo(block[HeaderLength..]);
            bytes = bytes[length..];
            (_stream.NextIn, _stream.AvailableIn) = (_input.Address, (uint)block.Length);
            (_stream.NextOut, _stream.AvailableOut) = (_output.Address, PinnedBytes.Size);
            _ = Zlib.Inflate(ref _stream, Zlib.SyncFlush);
        }
    }

    private void Fill(ReadOnlySpan<byte> piece)
    {
        piece.CopyTo(_input.Bytes);
        (_stream.NextIn, _stream.AvailableIn) = (_input.Address, (uint)piece.Length);
    }

    // Why a run ended.
    private enum End
    {
        Input,
        FinalBlock,
        Limit,
        Fault,
    }
}
