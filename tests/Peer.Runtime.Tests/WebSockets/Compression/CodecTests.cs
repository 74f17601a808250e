using System.Text;
using Peers.WebSockets;

namespace Peers.Tests.WebSockets.Compression;

/// <summary>What compresses, held to the same by every way to do it.</summary>
public abstract class CodecTests
{
    private const int Limit = 1 << 20;

    // RFC 7692 §7.2.3.1: "Hello" in one block.
    private static readonly byte[] s_hello = [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00];

    private readonly DeflateCodec _codec;

    private protected CodecTests(DeflateCodec codec) => _codec = codec;

    [Fact]
    public void It_works() => Assert.True(_codec.Works());

    [Fact]
    public void The_example_of_the_standard_is_read() => Assert.Equal("Hello", InflateText(s_hello));

    // §7.2.3.2: the second "Hello" refers to the first.
    [Fact]
    public void The_example_of_the_standard_with_context_takeover_is_read() =>
        Assert.Equal("Hello", InflateText([0xF2, 0x00, 0x11, 0x00, 0x00], history: "Hello"));

    // §7.2.3.3 and §7.2.3.5: a stored block, and two blocks.
    [Fact]
    public void The_other_examples_of_the_standard_are_read()
    {
        Assert.Equal("Hello", InflateText([0x00, 0x05, 0x00, 0xFA, 0xFF, 0x48, 0x65, 0x6C, 0x6C, 0x6F, 0x00]));
        Assert.Equal("Hello", InflateText([0xF2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xFF, 0xFF, 0xCA, 0xC9, 0xC9, 0x07, 0x00]));
    }

    [Fact]
    public void An_empty_message_is_one_byte() => Assert.Equal("", InflateText([0x00]));

    [Fact]
    public void A_thousand_random_messages_come_back_at_every_level_and_window()
    {
        var random = new Random(7);
        for (int round = 0; round < 1000; round++)
        {
            byte[] payload = RandomPayload(random);
            int windowBits = _codec.HasWindows ? random.Next(9, 16) : 15;
            Assert.Equal(payload, RoundTrip(payload, random.Next(1, 10), windowBits, history: []));
        }
    }

    [Fact]
    public void A_thousand_random_messages_come_back_when_each_refers_to_those_before()
    {
        var random = new Random(8);
        int windowBits = 15;
        var sent = new ContextHistory(windowBits);
        var received = new ContextHistory(windowBits);
        for (int round = 0; round < 1000; round++)
        {
            if (_codec.HasWindows && round % 100 == 0) (sent, received) = (new(windowBits = 9 + (round / 100 % 7)), new(windowBits));
            byte[] payload = RandomPayload(random);
            byte[] deflated = new byte[DeflateCodec.Room(payload.Length)];
            int length = _codec.Deflate(level: 1 + (round % 9), windowBits, sent.Span, payload, deflated);
            if (length < 0) continue;

            Assert.Equal(payload, Inflate(deflated.AsSpan(0, length), received.Span, payload.Length));
            sent.Append(payload);
            received.Append(payload);
        }
    }

    [Fact]
    public void A_message_that_repeats_an_earlier_one_costs_next_to_nothing_with_its_context()
    {
        byte[] payload = Encoding.ASCII.GetBytes("{\"type\":\"said\",\"who\":\"ada\",\"text\":\"the quick brown fox\"}");
        byte[] deflated = new byte[DeflateCodec.Room(payload.Length)];

        Assert.InRange(_codec.Deflate(6, 15, history: payload, payload, deflated), 1, 10);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(5000)]
    [InlineData(100_000)]
    public void What_does_not_get_smaller_is_refused_and_the_next_message_is_as_good_as_ever(int length)
    {
        byte[] noise = new byte[length];
        new Random(1).NextBytes(noise);
        Assert.Equal(-1, _codec.Deflate(1, 15, history: [], noise, new byte[DeflateCodec.Room(length)]));

        byte[] zeros = new byte[1000];
        Assert.Equal(zeros, RoundTrip(zeros, level: 1, windowBits: 15, history: []));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4095)]
    [InlineData(65_536)]
    [InlineData(Limit)]
    public void A_message_as_long_as_the_limit_passes_and_one_byte_more_is_too_big(int length)
    {
        byte[] deflated = DeflateZeros(length + 1);
        GatherBuffer output = default;
        Assert.Equal(InflateResult.TooBig, _codec.Inflate(history: default, deflated, ref output, length));
        output.Return();

        Assert.Equal(InflateResult.Done, _codec.Inflate(history: default, deflated, ref output, length + 1));
        Assert.Equal(length + 1, output.Length);
        output.Return();
    }

    [Fact]
    public void A_bomb_is_not_inflated_beyond_the_limit()
    {
        byte[] bomb = DeflateZeros(10 << 20);
        Assert.InRange(bomb.Length, 1, 60_000);

        GatherBuffer output = default;
        Assert.Equal(InflateResult.TooBig, _codec.Inflate(history: default, bomb, ref output, limit: 65_536));
        Assert.InRange(output.Length, 65_537, 65_541);
        Assert.InRange(output.Capacity, 65_537, 262_144);
        output.Return();
    }

    [Theory]
    [InlineData("FFFFFF")]
    [InlineData("07")]
    [InlineData("")]
    [InlineData("F248CDC9C9")]
    [InlineData("F2001100")]
    [InlineData("000500FAFF48656C")]
    public void Corrupt(string data)
    {
        GatherBuffer output = default;
        Assert.Equal(InflateResult.Corrupt, _codec.Inflate(history: default, Convert.FromHexString(data), ref output, Limit));
        output.Return();
        Assert.Equal("Hello", InflateText(s_hello));
    }

    [Fact]
    public void A_reference_beyond_the_history_is_corrupt()
    {
        GatherBuffer output = default;
        Assert.Equal(InflateResult.Corrupt, _codec.Inflate("Hel"u8, [0xF2, 0x00, 0x11, 0x00, 0x00], ref output, Limit));
        output.Return();
    }

    private protected string InflateText(byte[] data, string history = "") => Encoding.ASCII.GetString(Inflate(data, Encoding.ASCII.GetBytes(history), Limit));

    private byte[] RoundTrip(byte[] payload, int level, int windowBits, byte[] history)
    {
        byte[] deflated = new byte[DeflateCodec.Room(payload.Length)];
        int length = payload.Length == 0 ? -1 : _codec.Deflate(level, windowBits, history, payload, deflated);
        if (length < 0) return payload;
        Assert.InRange(length, 1, payload.Length - 1);
        return Inflate(deflated.AsSpan(0, length), history, payload.Length);
    }

    private byte[] Inflate(ReadOnlySpan<byte> data, ReadOnlySpan<byte> history, int limit)
    {
        GatherBuffer output = default;
        Assert.Equal(InflateResult.Done, _codec.Inflate(history, data, ref output, limit));
        byte[] inflated = output.Span.ToArray();
        output.Return();
        return inflated;
    }

    private static byte[] DeflateZeros(int length)
    {
        byte[] deflated = new byte[DeflateCodec.Room(length)];
        int deflatedLength = DeflateCodec.Default.Deflate(6, 15, history: default, new byte[length], deflated);
        return deflatedLength < 0 ? Stored(new byte[length]) : deflated[..deflatedLength];
    }

    // RFC 1951 §3.2.4, and the header of the block that ends it.
    private static byte[] Stored(byte[] payload) =>
        [0, (byte)payload.Length, (byte)(payload.Length >> 8), (byte)~payload.Length, (byte)(~payload.Length >> 8), .. payload, 0];

    // Words, noise and runs, of any length.
    private static byte[] RandomPayload(Random random)
    {
        byte[] payload = new byte[random.Next(8) switch { 0 => random.Next(4), < 6 => random.Next(2000), 6 => random.Next(40_000), _ => random.Next(200_000) }];
        int alphabet = 1 << random.Next(9);
        for (int i = 0; i < payload.Length; i++) payload[i] = (byte)random.Next(alphabet);
        return payload;
    }
}

/// <inheritdoc/>
public sealed class ZlibCodecTests() : CodecTests(new ZlibCodec())
{
    [Fact]
    public void It_is_what_is_chosen_here() => Assert.IsType<ZlibCodec>(DeflateCodec.Default);

    [Fact]
    public void A_deflater_that_zlib_refuses_to_make_leaves_messages_uncompressed_and_the_finalizer_alone()
    {
        Assert.Equal(-1, new ZlibCodec().Deflate(level: 99, 15, history: default, new byte[1000], new byte[2000]));
        Refuse();
        GC.Collect();
        GC.WaitForPendingFinalizers();

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static void Refuse() => Assert.False(new ZlibDeflater(level: 99, 15, new(), new()).IsUsable);
    }

    // RFC 7692 §7.2.3.4.
    [Theory]
    [InlineData("F348CDC9C9070000", "Hello")]
    [InlineData("F348CDC9C90700", "Hello")]
    [InlineData("F348CDC9C90700F348CDC9C90700", "HelloHello")]
    public void Final_blocks_may_stand_anywhere(string data, string text) => Assert.Equal(text, InflateText(Convert.FromHexString(data)));

    [Fact]
    public void After_a_final_block_the_context_goes_on() => Assert.Equal("HelloHello", InflateText([0xF3, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00, 0xF2, 0x00, 0x11, 0x00, 0x00]));

    [Fact]
    public void So_many_final_blocks_that_they_are_made_to_cost_are_corrupt()
    {
        GatherBuffer output = default;
        byte[] finals = [.. Enumerable.Repeat<byte[]>([0x03, 0x00], 2000).SelectMany(block => block)];
        Assert.Equal(InflateResult.Corrupt, new ZlibCodec().Inflate(history: default, finals, ref output, 100));
        output.Return();
    }
}

/// <inheritdoc/>
public sealed class StreamCodecTests() : CodecTests(new StreamCodec());
