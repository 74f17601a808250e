namespace Peers.WebSockets;

/// <summary>Compression by the runtime's own zlib, with contexts that belong to threads: some 250 KiB a deflater, 42 KiB an inflater.</summary>
internal sealed class ZlibCodec : DeflateCodec
{
    [ThreadStatic]
    private static ZlibContexts? t_contexts;

    private static ZlibContexts OfThread => t_contexts ??= new ZlibContexts();

    public override bool HasWindows => true;

    public override int Deflate(int level, int windowBits, ReadOnlySpan<byte> history, ReadOnlySpan<byte> payload, Span<byte> destination)
    {
        var deflater = OfThread.Deflater(level, windowBits);
        int length = deflater.Deflate(history, payload, destination[..Room(payload.Length)]);
        return length < TailLength ? -1 : length - TailLength;
    }

    public override InflateResult Inflate(ReadOnlySpan<byte> history, ReadOnlySpan<byte> data, ref GatherBuffer output, int limit) =>
        OfThread.Inflater.Inflate(history, data, ref output, limit);

    // What one thread has: buffers that all its contexts share, and the contexts it has needed.
    private sealed class ZlibContexts
    {
        // Seven windows, of which all but 32 KiB are rare, at whatever levels the endpoints have.
        private const int MaxDeflaters = 8;

        private readonly PinnedBytes _input = new();
        private readonly PinnedBytes _output = new();
        private readonly List<ZlibDeflater> _deflaters = [];
        private ZlibInflater? _inflater;

        public ZlibInflater Inflater => _inflater ??= new ZlibInflater(_input, _output);

        public ZlibDeflater Deflater(int level, int windowBits)
        {
            foreach (var one in _deflaters)
            {
                if (one.Level == level && one.WindowBits == windowBits && one.IsUsable) return one;
            }

            if (_deflaters.Count == MaxDeflaters) _deflaters.RemoveAt(0);
            var deflater = new ZlibDeflater(level, windowBits, _input, _output);
            _deflaters.Add(deflater);
            return deflater;
        }
    }
}
