using Peers.WebSockets;

namespace Peers.Tests.WebSockets;

// Conformance group 2, and the framing of group 7.
public sealed class ControlFrameTests
{
    [Theory]
    [InlineData(0), InlineData(1), InlineData(125)]
    public void Ping_of_up_to_125_bytes_arrives_whole_or_in_chops(int length)
    {
        string text = new('p', length);

        Assert.Equal([$"Ping {text}"], Reading.Whole(Wire.Ping(text)));
        Assert.Equal([$"Ping {text}"], Reading.InPieces(Wire.Ping(text), 1));
        Assert.Equal([$"Ping {text}"], Reading.InPieces(Wire.Ping(text), 7));
    }

    [Theory]
    [InlineData(8), InlineData(9), InlineData(10)]
    public void Control_frame_of_126_bytes_is_a_protocol_error(int opcode) =>
        Assert.Equal(["Fault 1002 control frame too long"], Reading.Whole(Wire.Frame(opcode, new byte[126])));

    [Theory]
    [InlineData(8), InlineData(9), InlineData(10)]
    public void Fragmented_control_frame_is_a_protocol_error(int opcode) =>
        Assert.Equal(["Fault 1002 fragmented control frame"], Reading.Whole(Wire.Frame(opcode, [], fin: false), Wire.Last("")));

    [Fact]
    public void Ten_pings_arrive_in_order() =>
        Assert.Equal(
            ["Ping 0", "Ping 1", "Ping 2", "Ping 3", "Ping 4", "Ping 5", "Ping 6", "Ping 7", "Ping 8", "Ping 9"],
            Reading.Whole([.. Enumerable.Range(0, 10).Select(i => Wire.Ping($"{i}"))]));

    [Fact]
    public void Payload_of_a_ping_may_be_anything()
    {
        using var assembler = new MessageAssembler(expectMasked: true, Reading.Limit, maxFragments: 10);
        byte[] input = Wire.Frame((int)Opcode.Ping, [0x00, 0xFF, 0xFE, 0xC0]);
        int offset = 0;

        Assert.Equal(FrameEvent.Ping, assembler.Read(input, ref offset, out ReadOnlyMemory<byte> payload));
        Assert.Equal([0x00, 0xFF, 0xFE, 0xC0], payload.ToArray());
    }

    [Fact]
    public void Unsolicited_pong_is_reported_and_harms_nothing() =>
        Assert.Equal(["Pong late", "Text a", "Pong ", "Text b"], Reading.Whole(Wire.Pong("late"), Wire.Text("a"), Wire.Pong(""), Wire.Text("b")));

    [Fact]
    public void Pings_larger_than_the_message_limit_are_no_messages()
    {
        using var assembler = new MessageAssembler(expectMasked: true, maxMessageSize: 1, maxFragments: 1);

        Assert.Equal(["Ping hello", "Text a"], Reading.InPieces(assembler, Wire.Join(Wire.Ping("hello"), Wire.Text("a")), int.MaxValue));
    }

    [Theory]
    [InlineData(1), InlineData(3), InlineData(int.MaxValue)]
    public void Control_frames_between_fragments_are_reported_at_once(int chop) =>
        Assert.Equal(
            ["Ping one", "Pong two", "Ping ", "Text Hello, world"],
            Reading.InPieces(Wire.Join(Wire.Text("Hel", fin: false), Wire.Ping("one"), Wire.Pong("two"), Wire.More("lo, "), Wire.Ping(""), Wire.Last("world")), chop));

    [Fact]
    public void Close_frame_amid_a_fragmented_message_is_reported_and_the_message_is_not() =>
        Assert.Equal(["Close 03E8"], Reading.Whole(Wire.Text("never ", fin: false), Wire.Close(0x03, 0xE8), Wire.Last("whole")));

    [Theory]
    [InlineData(1), InlineData(5), InlineData(int.MaxValue)]
    public void Close_frame_ends_what_is_delivered(int chop) =>
        Assert.Equal(["Text last", "Close 03E8627965"], Reading.InPieces(Wire.Join(Wire.Text("last"), Wire.Close(0x03, 0xE8, 0x62, 0x79, 0x65)), chop));
}
