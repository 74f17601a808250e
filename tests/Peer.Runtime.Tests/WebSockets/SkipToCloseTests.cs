using FsCheck.Xunit;
using Peers.WebSockets;

namespace Peers.Tests.WebSockets;

public sealed class SkipToCloseTests
{
    [Fact]
    public void Close_frame_is_found_behind_messages_that_nobody_reads()
    {
        using var assembler = Assembler();

        Assert.False(assembler.SkipToClose(Wire.Join(Wire.Text("ignored"), Wire.Ping(""), Wire.Binary(new byte[70_000]))));
        Assert.True(assembler.SkipToClose(Wire.Close(0x03, 0xE8)));
    }

    [Fact]
    public void Close_frame_in_pieces_is_found_at_its_last_byte()
    {
        using var assembler = Assembler();
        byte[] stream = Wire.Join(Wire.Text("ignored"), Wire.Close(0x03, 0xE8, 0x62, 0x79, 0x65));

        for (int at = 0; at < stream.Length; at++) Assert.Equal(at == stream.Length - 1, assembler.SkipToClose(stream.AsSpan(at, 1)));
    }

    [Fact]
    public void Close_frame_without_a_payload_is_found() => Assert.True(Assembler().SkipToClose(Wire.Close()));

    [Fact]
    public void Skipping_starts_in_the_middle_of_a_header_or_a_payload()
    {
        byte[] message = Wire.Text("a message with a byte 88 in it: \u0088");
        for (int cut = 0; cut <= message.Length; cut++)
        {
            using var assembler = Assembler();
            Reading.InPieces(assembler, message[..cut], int.MaxValue);

            Assert.False(assembler.SkipToClose(message.AsSpan(cut)));
            Assert.True(assembler.SkipToClose(Wire.Close(0x03, 0xE9)));
        }
    }

    public static TheoryData<string, byte[]> Faults() => new()
    {
        { "reserved bit", Wire.Frame(1, "x"u8.ToArray(), rsv: 2) },
        { "reserved opcode", Wire.Frame(5, "x"u8.ToArray()) },
        { "not masked", Wire.Frame(1, "x"u8.ToArray(), masked: false) },
        { "stray continuation", Wire.Last("x") },
        { "not minimal", [.. Wire.Header(2, 5, lengthField: 8), 1, 2, 3, 4, 5] },
        { "too big", Wire.Binary(new byte[2000]) },
        { "not UTF-8", Wire.Frame(1, [0xFF, 0x41, 0x41]) },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Close_frame_is_found_after_a_fault_of_any_kind(string _, byte[] faulty)
    {
        for (int chop = 1; chop <= 2; chop++)
        {
            using var assembler = Assembler();
            byte[] rest = AfterFault(assembler, Wire.Join(faulty, Wire.Text("skipped"), Wire.Close(0x03, 0xEA)), chop);

            Assert.True(assembler.SkipToClose(rest));
        }
    }

    [Fact]
    public void Length_out_of_range_is_never_skipped_to_its_end()
    {
        using var assembler = Assembler();
        byte[] rest = AfterFault(assembler, Wire.Join(Wire.Header(2, -1, lengthField: 8), Wire.Close(0x03, 0xE8)), chop: 64);

        Assert.False(assembler.SkipToClose(rest));
    }

    [Property(MaxTest = 1000)]
    public void Garbage_is_skipped_without_an_exception(byte[][] pieces)
    {
        using var assembler = Assembler();
        foreach (byte[] piece in pieces) assembler.SkipToClose(piece);
    }

    private static MessageAssembler Assembler() => new(expectMasked: true, maxMessageSize: 1000, maxFragments: 10);

    private static byte[] AfterFault(MessageAssembler assembler, byte[] stream, int chop)
    {
        for (int start = 0; start < stream.Length; start += chop)
        {
            int offset = 0;
            Memory<byte> piece = stream.AsMemory(start, Math.Min(chop, stream.Length - start));
            if (assembler.Read(piece, ref offset, out _) == FrameEvent.Fault) return stream[(start + offset)..];
        }
        throw new InvalidOperationException("The stream holds no fault.");
    }
}
