using System.Text;
using Peers.WebSockets;

namespace Peers.Tests.WebSockets;

// Conformance groups 1, 3 and 4, and what RFC 6455 §5.1 and §5.2 ask of masks and lengths.
public sealed class FramingTests
{
    [Theory]
    [InlineData(0), InlineData(1), InlineData(125), InlineData(126), InlineData(127), InlineData(128), InlineData(65535), InlineData(65536)]
    public void Text_of_any_length_arrives_whole_or_in_chops_of_997_bytes(int length)
    {
        string text = new('*', length);
        byte[] stream = Wire.Text(text);

        Assert.Equal([$"Text {text}"], Reading.Whole(stream));
        Assert.Equal([$"Text {text}"], Reading.InPieces(stream, 997));
    }

    [Theory]
    [InlineData(0), InlineData(1), InlineData(125), InlineData(126), InlineData(127), InlineData(128), InlineData(65535), InlineData(65536)]
    public void Binary_of_any_length_arrives_whole_or_in_chops_of_997_bytes(int length)
    {
        byte[] payload = [.. Enumerable.Range(0, length).Select(i => (byte)(i * 7))];
        byte[] stream = Wire.Binary(payload);

        Assert.Equal([$"Binary {Convert.ToHexString(payload)}"], Reading.Whole(stream));
        Assert.Equal([$"Binary {Convert.ToHexString(payload)}"], Reading.InPieces(stream, 997));
    }

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5), InlineData(6), InlineData(7)]
    public void Reserved_bit_is_a_protocol_error_after_the_messages_before_it(int rsv) =>
        Assert.Equal(["Text before", "Fault 1002 reserved bit set"], Reading.Whole(Wire.Text("before"), Wire.Frame(1, "x"u8.ToArray(), rsv: rsv), Wire.Text("after")));

    [Theory]
    [InlineData(0), InlineData(8), InlineData(9), InlineData(10)]
    public void Reserved_bit_on_a_continuation_or_control_frame_is_a_protocol_error(int opcode) =>
        Assert.Equal(["Fault 1002 reserved bit set"], Reading.Whole(Wire.Text("a", fin: false), Wire.Frame(opcode, [], rsv: 4)));

    [Theory]
    [InlineData(3), InlineData(4), InlineData(5), InlineData(6), InlineData(7), InlineData(11), InlineData(12), InlineData(13), InlineData(14), InlineData(15)]
    public void Reserved_opcode_is_a_protocol_error_after_the_messages_before_it(int opcode) =>
        Assert.Equal(["Text before", "Fault 1002 reserved opcode"], Reading.Whole(Wire.Text("before"), Wire.Frame(opcode, "x"u8.ToArray()), Wire.Text("after")));

    [Theory]
    [InlineData(1), InlineData(2), InlineData(8), InlineData(9)]
    public void Unmasked_frame_from_a_client_is_a_protocol_error_even_when_it_is_empty(int opcode)
    {
        Assert.Equal(["Fault 1002 frame not masked"], Reading.Whole(Wire.Frame(opcode, [], masked: false)));
        Assert.Equal(["Fault 1002 frame not masked"], Reading.Whole(Wire.Frame(opcode, "hello"u8.ToArray(), masked: false)));
    }

    [Fact]
    public void Masked_frame_from_a_server_is_a_protocol_error()
    {
        using var client = new MessageAssembler(expectMasked: false, Reading.Limit, maxFragments: 10);
        byte[] stream = Wire.Join(Wire.Frame(1, "plain"u8.ToArray(), masked: false), Wire.Text("masked"));

        Assert.Equal(["Text plain", "Fault 1002 masked frame from a server"], Reading.InPieces(client, stream, int.MaxValue));
    }

    [Theory]
    [InlineData(0, 2), InlineData(125, 2), InlineData(0, 8), InlineData(125, 8), InlineData(126, 8), InlineData(65535, 8)]
    public void Length_in_more_bytes_than_it_needs_is_a_protocol_error(int length, int lengthField)
    {
        byte[] stream = Wire.Join(Wire.Header(2, length, lengthField), new byte[length]);

        Assert.Equal(["Fault 1002 length not minimal"], Reading.Whole(stream));
        Assert.Equal(["Fault 1002 length not minimal"], Reading.InPieces(stream, 1));
    }

    [Theory]
    [InlineData(long.MinValue), InlineData(long.MinValue + 5), InlineData(-1)]
    public void Top_bit_of_a_64_bit_length_is_a_protocol_error(long length) =>
        Assert.Equal(["Fault 1002 length out of range"], Reading.Whole(Wire.Header(2, length, lengthField: 8)));

    [Fact]
    public void Message_that_lies_whole_in_the_input_is_lent_from_there()
    {
        using var assembler = new MessageAssembler(expectMasked: true, Reading.Limit, maxFragments: 10);
        byte[] input = Wire.Text("hello");
        int offset = 0;

        Assert.Equal(FrameEvent.Text, assembler.Read(input, ref offset, out ReadOnlyMemory<byte> payload));

        Assert.False(assembler.OwnsPayload);
        Assert.True(payload.Span.Overlaps(input));
        Assert.Equal("hello", Encoding.UTF8.GetString(input.AsSpan(6)));
    }

    [Theory]
    [InlineData(3, "Fault 1002 reserved opcode"), InlineData(1, "Fault 1007 text is not UTF-8")]
    public void Fault_is_reported_again_when_reading_goes_on(int opcode, string fault)
    {
        using var assembler = new MessageAssembler(expectMasked: true, Reading.Limit, maxFragments: 10);

        Assert.Equal([fault], Reading.InPieces(assembler, Wire.Frame(opcode, [0xFF]), int.MaxValue));
        Assert.Equal([fault], Reading.InPieces(assembler, Wire.Text("late"), int.MaxValue));
    }
}
