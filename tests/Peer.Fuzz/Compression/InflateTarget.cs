using Peers.WebSockets;

namespace Peers.Fuzzing;

/// <summary>The inflater: whatever the data, it stays under its limit and ends as done, too big or corrupt; both codecs agree on what is done.</summary>
/// <remarks>Input: a byte of settings, a byte that says where the first message ends, the data of two messages.</remarks>
internal sealed class InflateTarget : IFuzzTarget
{
    private static readonly int[] s_limits = [1, 100, 5000, 70_000];
    private static readonly int[] s_contexts = [0, 9, 12, 15];
    private static readonly DeflateCodec s_zlib = new ZlibCodec();
    private static readonly DeflateCodec s_stream = new StreamCodec();

    public string Name => "inflate";

    public void Run(ReadOnlySpan<byte> input)
    {
        if (input.Length < 2) return;
        var settings = new Settings(input[0]);
        var data = input[2..];
        var end = Math.Min(data.Length, (int)input[1]);
        if (settings.IsRoundTrip) Compress(settings, history: data[..end], payload: data[end..]);
        else Inflate(settings, data[..end], data[end..]);
    }

    private static void Inflate(Settings settings, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        using var zlib = new MessageInflater(s_zlib, settings.Limit, settings.ContextBits);
        using var stream = new MessageInflater(s_stream, settings.Limit, settings.ContextBits);
        if (IsSame(first, zlib, stream, settings.Limit)) IsSame(second, zlib, stream, settings.Limit);
    }

    // False after a fault, and where the codecs may differ: only one of them goes on behind a final block.
    private static bool IsSame(ReadOnlySpan<byte> data, MessageInflater zlib, MessageInflater stream, int limit)
    {
        var one = Inflate(zlib, data, limit);
        var other = Inflate(stream, data, limit);
        if (other is not null) Claim.That(one is not null && one.AsSpan().SequenceEqual(other), "the codecs inflate the same");
        if (one is not null) CompressAgain(one);
        return one is not null && other is not null;
    }

    private static byte[]? Inflate(MessageInflater inflater, ReadOnlySpan<byte> data, int limit)
    {
        GatherBuffer output = default;
        try
        {
            var fault = inflater.Inflate(data, ref output);
            Claim.That(output.Length <= limit + 1L, "no more than one byte beyond the limit is inflated");
            if (!fault.IsFault) Claim.That(output.Length <= limit);
            else Claim.That(fault.Code is CloseCode.InvalidPayload or CloseCode.MessageTooBig);
            return fault.IsFault ? null : output.Span.ToArray();
        }
        finally
        {
            output.Return();
        }
    }

    private static void CompressAgain(ReadOnlySpan<byte> payload)
    {
        if (!payload.IsEmpty) Compress(new Settings(0xF0), history: default, payload);
    }

    private static void Compress(Settings settings, ReadOnlySpan<byte> history, ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty) return;
        CompressBy(s_zlib, settings.WindowBits, settings.Level, history, payload);
        CompressBy(s_stream, CompressionOptions.LargestWindowBits, settings.Level, history, payload);
    }

    private static void CompressBy(DeflateCodec codec, int windowBits, int level, ReadOnlySpan<byte> history, ReadOnlySpan<byte> payload)
    {
        byte[] deflated = new byte[DeflateCodec.Room(payload.Length)];
        var length = codec.Deflate(level, windowBits, history, payload, deflated);
        if (length == -1) return;

        Claim.That(length > 0 && length < payload.Length);
        foreach (var reader in new[] { s_zlib, s_stream })
        {
            GatherBuffer output = default;
            Claim.Same(InflateResult.Done, reader.Inflate(history, deflated.AsSpan(0, length), ref output, payload.Length));
            Claim.That(payload.SequenceEqual(output.Span), "what was deflated inflates to the same");
            output.Return();
        }
    }

    // LIMIT(2) CONTEXT(2) ROUND_TRIP LEVEL(3), lowest first
    private readonly struct Settings(byte value)
    {
        public int Limit => s_limits[value & 3];

        public int ContextBits => s_contexts[(value >> 2) & 3];

        public int WindowBits => Math.Max(ContextBits, CompressionOptions.SmallestWindowBits);

        public bool IsRoundTrip => (value & 16) != 0;

        public int Level => 1 + (value >> 5);
    }
}
