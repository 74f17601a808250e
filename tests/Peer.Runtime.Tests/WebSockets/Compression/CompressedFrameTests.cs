using System.Text;
using Peers.WebSockets;

namespace Peers.Tests.WebSockets.Compression;

/// <summary>RFC 7692 §6: which frames may be compressed, and what comes of those that are.</summary>
public sealed class CompressedFrameTests
{
    private const int Limit = 1000;
    private const int Rsv1 = 4;

    private static readonly byte[] s_hello = [0xF2, 0x48, 0xCD, 0xC9, 0xC9, 0x07, 0x00];

    [Fact]
    public void A_compressed_message_in_one_frame_comes_out_inflated() => Assert.Equal(["Text Hello", "Binary 48656C6C6F"], Read(Compressed(1, s_hello), Compressed(2, s_hello)));

    [Theory]
    [InlineData(1), InlineData(3), InlineData(7)]
    public void Fragments_are_inflated_together_however_they_are_cut(int size)
    {
        byte[][] frames = [.. s_hello.Chunk(size).Select((piece, i) => Frame(i == 0 ? 1 : 0, piece, i == 0 ? Rsv1 : 0, fin: (i + 1) * size >= s_hello.Length))];

        Assert.Equal(["Text Hello"], Read(frames));
        Assert.Equal(["Text Hello"], Reading.InPieces(Assembler(), Wire.Join(frames), 1));
    }

    [Fact]
    public void Empty_fragments_change_nothing() =>
        Assert.Equal(["Text Hello"], Read(Frame(1, [], Rsv1, fin: false), Frame(0, s_hello, fin: false), Frame(0, [])));

    [Fact]
    public void A_ping_between_compressed_fragments_is_seen_at_once() =>
        Assert.Equal(["Ping now", "Text Hello"], Read(Frame(1, s_hello[..3], Rsv1, fin: false), Wire.Ping("now"), Frame(0, s_hello[3..])));

    [Fact]
    public void Plain_and_compressed_messages_mix() =>
        Assert.Equal(["Text plain", "Text Hello", "Text in parts", "Text Hello"], Read(Wire.Text("plain"), Compressed(1, s_hello), Wire.Text("in ", fin: false), Wire.Last("parts"), Compressed(1, s_hello)));

    [Fact]
    public void An_empty_compressed_message_is_empty() => Assert.Equal(["Text ", "Binary "], Read(Compressed(1, [0x00]), Compressed(2, [0x00])));

    [Fact]
    public void A_compressed_message_without_a_byte_is_corrupt() => Assert.Equal(["Fault 1007 compressed data is corrupt"], Read(Compressed(1, [])));

    [Fact]
    public void Corrupt_data_is_invalid_and_what_came_before_it_is_delivered() =>
        Assert.Equal(["Text Hello", "Fault 1007 compressed data is corrupt"], Read(Compressed(1, s_hello), Compressed(1, [0xFF, 0xFF, 0xFF])));

    [Fact]
    public void Text_that_inflates_to_no_utf8_is_invalid() =>
        Assert.Equal(["Binary C3", "Fault 1007 text is not UTF-8"], Read(Compressed(2, Stored([0xC3])), Compressed(1, Stored([0xC3]))));

    [Fact]
    public void Text_beyond_ascii_passes() => Assert.Equal(["Text kůň 😀"], Read(Compressed(1, Stored(Encoding.UTF8.GetBytes("kůň 😀")))));

    [Theory]
    [InlineData(0x0, Rsv1)]
    [InlineData(0x8, Rsv1)]
    [InlineData(0x9, Rsv1)]
    [InlineData(0xA, Rsv1)]
    [InlineData(0x1, 2)]
    [InlineData(0x1, 1)]
    [InlineData(0x1, Rsv1 | 1)]
    [InlineData(0x2, 7)]
    public void Reserved_bits_that_mean_nothing_there_break_the_protocol(int opcode, int rsv) =>
        Assert.Equal(["Fault 1002 reserved bit set"], Read(Frame(opcode, opcode == 8 ? [] : s_hello, rsv)));

    [Fact]
    public void A_continuation_that_says_it_is_compressed_breaks_the_protocol() =>
        Assert.Equal(["Fault 1002 reserved bit set"], Read(Frame(1, s_hello[..3], Rsv1, fin: false), Frame(0, s_hello[3..], Rsv1)));

    [Fact]
    public void Without_agreement_a_compressed_frame_breaks_the_protocol() =>
        Assert.Equal(["Fault 1002 reserved bit set"], Reading.Whole(Compressed(1, s_hello)));

    [Fact]
    public void A_message_as_long_as_the_limit_passes_and_one_byte_more_is_too_big()
    {
        Assert.Equal(["Text " + new string('a', Limit)], Read(Compressed(1, Deflated(Limit))));
        Assert.Equal(["Fault 1009 message inflates too big"], Read(Compressed(1, Deflated(Limit + 1))));
    }

    [Fact]
    public void Compressed_bytes_are_bounded_too_and_refused_from_the_header()
    {
        int most = new MessageInflater(new ZlibCodec(), Limit, contextBits: 0).MaxCompressedSize;
        byte[] nothing = [.. Enumerable.Repeat<byte[]>([0x00, 0x00, 0x00, 0xFF, 0xFF], most / 5).SelectMany(block => block), .. new byte[most % 5]];
        Assert.Equal(most, nothing.Length);
        Assert.Equal(1000 + 125 + 64, most);
        Assert.Equal(["Fault 1009 message too big"], Read(Header(most + 1)));
        Assert.Equal(["Fault 1009 message too big"], Read(Frame(1, nothing[..^4], Rsv1, fin: false), Wire.Header(0, length: 5, lengthField: 0)));
    }

    [Fact]
    public void A_payload_may_be_taken_with_its_buffer()
    {
        using var assembler = Assembler();
        int offset = 0;
        byte[] input = Wire.Join(Compressed(2, s_hello), Compressed(2, Stored("other"u8.ToArray())));
        Assert.Equal(FrameEvent.Binary, assembler.Read(input, ref offset, out var payload));
        byte[] taken = assembler.TakeBuffer();
        Assert.Equal(FrameEvent.Binary, assembler.Read(input, ref offset, out var next));

        Assert.Equal("Hello", Encoding.ASCII.GetString(payload.Span));
        Assert.Equal("other", Encoding.ASCII.GetString(next.Span));
        System.Buffers.ArrayPool<byte>.Shared.Return(taken);
    }

    // §7.2.3.2.
    [Fact]
    public void With_context_takeover_a_message_refers_to_the_one_before()
    {
        byte[] again = [0xF2, 0x00, 0x11, 0x00, 0x00];
        Assert.Equal(["Text Hello", "Text plain", "Text Hello", "Text Hello"], Reading.InPieces(Assembler(contextBits: 9), Wire.Join(Compressed(1, s_hello), Wire.Text("plain"), Compressed(1, again), Compressed(1, again)), int.MaxValue));
        Assert.Equal(["Text Hello", "Fault 1007 compressed data is corrupt"], Read(Compressed(1, s_hello), Compressed(1, again)));
    }

    [Fact]
    public void Compressed_messages_allocate_nothing_once_the_pool_is_warm()
    {
        byte[] stream = Compressed(2, Deflated(600));
        byte[] input = new byte[stream.Length];
        using var assembler = Assembler();
        Read(1000);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Read(10_000);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4096);

        void Read(int messages)
        {
            for (int i = 0; i < messages; i++)
            {
                stream.CopyTo(input, 0);
                int offset = 0;
                if (assembler.Read(input, ref offset, out var payload) != FrameEvent.Binary || payload.Length != 600) Assert.Fail(assembler.Fault.Reason);
            }
        }
    }

    private static List<string> Read(params byte[][] frames) => Reading.InPieces(Assembler(), Wire.Join(frames), int.MaxValue);

    private static MessageAssembler Assembler(int contextBits = 0) =>
        new(expectMasked: true, Limit, maxFragments: 100) { Inflater = new(new ZlibCodec(), Limit, contextBits) };

    private static byte[] Compressed(int opcode, byte[] data) => Frame(opcode, data, Rsv1);

    private static byte[] Frame(int opcode, byte[] payload, int rsv = 0, bool fin = true) => Wire.Frame(opcode, payload, fin, rsv);

    private static byte[] Header(int length) => Wire.Header(1, length, lengthField: 2, rsv: Rsv1);

    private static byte[] Stored(byte[] payload) => [0, (byte)payload.Length, 0, (byte)~payload.Length, 0xFF, .. payload, 0];

    private static byte[] Deflated(int length)
    {
        byte[] payload = Encoding.ASCII.GetBytes(new string('a', length));
        byte[] deflated = new byte[DeflateCodec.Room(length)];
        return deflated[..new ZlibCodec().Deflate(6, 15, history: default, payload, deflated)];
    }
}
