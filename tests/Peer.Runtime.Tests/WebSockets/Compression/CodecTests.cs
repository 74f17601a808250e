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

    // §7.2.3.4: a final block, and the same without the byte behind it.
    [Theory]
    [InlineData("F348CDC9C9070000")]
    [InlineData("F348CDC9C90700")]
    public void A_message_may_end_with_a_final_block(string data) => Assert.Equal("Hello", InflateText(Convert.FromHexString(data)));

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
        Assert.Equal(65_537, output.Length);
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
    [InlineData("10FFFF")]
    public void Corrupt(string data)
    {
        AssertCorrupt(Convert.FromHexString(data));
        Assert.Equal("Hello", InflateText(s_hello));
    }

    // A stored block takes whatever follows for its own bytes: the tail of the standard too, and what a codec puts behind it.
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(13)]
    [InlineData(15)]
    [InlineData(60_000)]
    public void A_stored_block_that_lacks_bytes_is_corrupt(int missing)
    {
        var whole = Stored(new byte[65_000])[..^1];

        AssertCorrupt(whole.AsSpan(0, whole.Length - missing));
    }

    public static TheoryData<string> EveryKindOfBlock { get; } = ["fixed codes", "dynamic codes", "stored", "behind a history"];

    [Theory]
    [MemberData(nameof(EveryKindOfBlock))]
    public void Whatever_is_cut_off_what_is_left_is_corrupt(string kind)
    {
        byte[] words = Encoding.ASCII.GetBytes(string.Join(' ', Enumerable.Range(0, 400).Select(i => (i * 7919) % 1000)));
        byte[] noise = new byte[2000];
        new Random(5).NextBytes(noise);
        byte[] history = kind == "behind a history" ? words[..300] : [];
        byte[] whole = kind switch
        {
            "stored" => Stored(noise),
            "fixed codes" => Deflated(words[..40].Concat(words[..40]).ToArray(), history),
            _ => Deflated(words, history),
        };

        // The first byte of a stored block, by itself, is an empty message.
        for (int length = kind == "stored" ? 2 : 0; length < whole.Length; length++) AssertCorrupt(whole.AsSpan(0, length), history);
        Inflate(whole, history, Limit);
    }

    [Fact]
    public void A_reference_beyond_the_history_is_corrupt() => AssertCorrupt([0xF2, 0x00, 0x11, 0x00, 0x00], "Hel"u8);

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

    private protected void AssertCorrupt(ReadOnlySpan<byte> data, ReadOnlySpan<byte> history = default)
    {
        GatherBuffer output = default;
        Assert.Equal(InflateResult.Corrupt, _codec.Inflate(history, data, ref output, Limit));
        output.Return();
    }

    private static byte[] Deflated(byte[] payload, byte[] history)
    {
        byte[] deflated = new byte[DeflateCodec.Room(payload.Length)];
        return deflated[..DeflateCodec.Default.Deflate(6, 15, history, payload, deflated)];
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
    [Fact]
    public void Final_blocks_may_stand_anywhere() => Assert.Equal("HelloHello", InflateText(Convert.FromHexString("F348CDC9C90700F348CDC9C90700")));

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
public sealed class StreamCodecTests() : CodecTests(new StreamCodec())
{
    [Theory]
    [InlineData("F348CDC9C90700F348CDC9C90700")]
    [InlineData("F348CDC9C907000000")]
    [InlineData("F348CDC9C9070001")]
    public void What_goes_on_behind_a_final_block_is_corrupt(string data) => AssertCorrupt(Convert.FromHexString(data));
}
