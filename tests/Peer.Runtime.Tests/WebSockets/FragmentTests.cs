using System.Buffers;
using System.Text;
using Peers.WebSockets;

namespace Peers.Tests.WebSockets;

// Conformance groups 5 and 10, and who owns what is gathered.
public sealed class FragmentTests
{
    [Theory]
    [InlineData(1), InlineData(2), InlineData(5), InlineData(int.MaxValue)]
    public void Fragments_become_one_message_in_any_chopping(int chop) =>
        Assert.Equal(["Text fragment1fragment2", "Text next"], Reading.InPieces(Wire.Join(Wire.Text("fragment1", fin: false), Wire.Last("fragment2"), Wire.Text("next")), chop));

    [Theory]
    [InlineData(1), InlineData(int.MaxValue)]
    public void Empty_fragments_are_fragments(int chop)
    {
        Assert.Equal(["Text "], Reading.InPieces(Wire.Join(Wire.Text("", fin: false), Wire.More(""), Wire.Last("")), chop));
        Assert.Equal(["Text middle"], Reading.InPieces(Wire.Join(Wire.Text("", fin: false), Wire.More("middle"), Wire.Last("")), chop));
        Assert.Equal(["Text end"], Reading.InPieces(Wire.Join(Wire.Text("", fin: false), Wire.Last("end")), chop));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public void Continuation_of_nothing_is_a_protocol_error(bool fin)
    {
        Assert.Equal(["Fault 1002 continuation of nothing"], Reading.Whole(Wire.More("stray", fin), Wire.Text("x")));
        Assert.Equal(["Text a", "Fault 1002 continuation of nothing"], Reading.Whole(Wire.Text("a"), Wire.More("stray", fin)));
        Assert.Equal(["Text ab", "Fault 1002 continuation of nothing"], Reading.Whole(Wire.Text("a", fin: false), Wire.Last("b"), Wire.More("stray", fin)));
    }

    [Theory]
    [InlineData(1, true), InlineData(1, false), InlineData(2, true), InlineData(2, false)]
    public void New_message_inside_a_fragmented_one_is_a_protocol_error(int opcode, bool fin) =>
        Assert.Equal(["Fault 1002 message inside a message"], Reading.Whole(Wire.Text("a", fin: false), Wire.Frame(opcode, "b"u8.ToArray(), fin)));

    [Theory]
    [InlineData(1300), InlineData(4096), InlineData(int.MaxValue)]
    public void Message_of_64_KiB_arrives_in_fragments_of_1300_bytes(int chop)
    {
        string text = new('*', 65536);
        byte[][] frames = [.. text.Chunk(1300).Select((part, at) => at == 0 ? Wire.Text(new(part), fin: false) : Wire.More(new(part))), Wire.Last("")];

        Assert.Equal([$"Text {text}"], Reading.InPieces(Wire.Join(frames), chop));
    }

    [Fact]
    public void Gathered_message_can_be_taken_and_outlives_the_next_ones()
    {
        using var assembler = new MessageAssembler(expectMasked: true, Reading.Limit, maxFragments: 10);
        byte[] input = Wire.Join(Wire.Text("kept ", fin: false), Wire.Last("message"), Wire.Text("other ", fin: false), Wire.Last("message"));
        int offset = 0;

        Assert.Equal(FrameEvent.Text, assembler.Read(input, ref offset, out ReadOnlyMemory<byte> kept));
        Assert.True(assembler.OwnsPayload);
        byte[] buffer = assembler.TakeBuffer();
        Assert.False(assembler.OwnsPayload);
        Assert.Equal(FrameEvent.Text, assembler.Read(input, ref offset, out ReadOnlyMemory<byte> other));

        Assert.True(kept.Span.Overlaps(buffer));
        Assert.False(other.Span.Overlaps(buffer));
        Assert.Equal("kept message", Encoding.UTF8.GetString(kept.Span));
        Assert.Equal("other message", Encoding.UTF8.GetString(other.Span));
        ArrayPool<byte>.Shared.Return(buffer);
    }

    [Fact]
    public void Payload_that_lies_in_the_input_cannot_be_taken()
    {
        using var assembler = new MessageAssembler(expectMasked: true, Reading.Limit, maxFragments: 10);
        byte[] input = Wire.Text("lent");
        int offset = 0;
        assembler.Read(input, ref offset, out _);

        Assert.Throws<InvalidOperationException>(() => assembler.TakeBuffer());
    }

    [Fact]
    public void Gathered_payload_that_was_not_taken_is_not_mistaken_for_that_of_the_next_message()
    {
        using var assembler = new MessageAssembler(expectMasked: true, Reading.Limit, maxFragments: 10);
        byte[] input = Wire.Join(Wire.Text("left ", fin: false), Wire.Last("behind"), Wire.Text("next"));
        int offset = 0;
        assembler.Read(input, ref offset, out _);
        Assert.True(assembler.OwnsPayload);

        assembler.Read(input, ref offset, out ReadOnlyMemory<byte> next);

        Assert.True(next.Span.Overlaps(input));
        Assert.False(assembler.OwnsPayload);
    }

    [Fact]
    public void Ping_in_pieces_amid_a_message_in_pieces_disturbs_neither()
    {
        using var assembler = new MessageAssembler(expectMasked: true, Reading.Limit, maxFragments: 10);
        List<string> seen = [];
        byte[] ping = Wire.Ping("between");

        Reading.Feed(assembler, Wire.Text("Hello, ", fin: false), seen);
        Reading.Feed(assembler, ping[..9], seen);
        Reading.Feed(assembler, [.. ping[9..], .. Wire.Last("world")], seen);

        Assert.Equal(["Ping between", "Text Hello, world"], seen);
    }
}
