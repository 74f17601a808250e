using Peers.WebSockets;

namespace Peers.Tests.WebSockets;

// Conformance group 6.
public sealed class TextTests
{
    [Theory]
    [InlineData("CEBA E1BDB9 CF83 CEBC CEB5")]
    [InlineData("00")]
    [InlineData("7F C280 DFBF E0A080 EFBFBF F0908080 F48FBFBF")]
    [InlineData("ED9FBF EE8080 EFBFBD")]
    [InlineData("EFBFBE EFBFBF EFB790 F09FBFBE F48FBFBE")]
    public void Valid_text_arrives_whole_chopped_and_fragmented_inside_code_points(string digits)
    {
        byte[] text = Wire.Hex(digits);
        string expected = $"Text {System.Text.Encoding.UTF8.GetString(text)}";
        byte[][] fragments = [.. text.Select((value, at) => Wire.Frame(at == 0 ? 1 : 0, [value], fin: at == text.Length - 1))];

        Assert.Equal([expected], Reading.Whole(Wire.Frame(1, text)));
        Assert.Equal([expected], Reading.InPieces(Wire.Frame(1, text), 1));
        Assert.Equal([expected], Reading.Whole(fragments));
        Assert.Equal([expected], Reading.InPieces(Wire.Join(fragments), 1));
    }

    [Theory]
    [InlineData("CEBA E1BDB9 EDA080 656469746564")]
    [InlineData("80")]
    [InlineData("C080")]
    [InlineData("C1BF")]
    [InlineData("E08080")]
    [InlineData("EDBFBF")]
    [InlineData("F08080 80")]
    [InlineData("F4908080")]
    [InlineData("F880808080")]
    [InlineData("FE")]
    [InlineData("FF")]
    [InlineData("C3 28")]
    public void Invalid_text_is_an_invalid_payload_after_the_messages_before_it(string digits)
    {
        byte[] stream = Wire.Join(Wire.Text("before"), Wire.Frame(1, Wire.Hex(digits)), Wire.Text("after"));

        Assert.Equal(["Text before", "Fault 1007 text is not UTF-8"], Reading.Whole(stream));
        Assert.Equal(["Text before", "Fault 1007 text is not UTF-8"], Reading.InPieces(stream, 1));
    }

    [Theory]
    [InlineData("CE")]
    [InlineData("41 E1BD")]
    [InlineData("F48FBF")]
    public void Text_that_ends_inside_a_code_point_is_an_invalid_payload(string digits)
    {
        byte[] text = Wire.Hex(digits);

        Assert.Equal(["Fault 1007 text is not UTF-8"], Reading.Whole(Wire.Frame(1, text)));
        Assert.Equal(["Fault 1007 text is not UTF-8"], Reading.Whole(Wire.Frame(1, text, fin: false), Wire.Last("")));
    }

    [Theory]
    [InlineData("61 F4", "90")]
    [InlineData("61 ED", "A0")]
    [InlineData("61", "C0")]
    [InlineData("61", "F5")]
    [InlineData("61 F0", "8F")]
    [InlineData("61 E1BD", "41")]
    public void Text_fails_at_the_first_byte_that_nothing_can_save_inside_an_incomplete_frame(string fine, string fatal)
    {
        using var assembler = new MessageAssembler(expectMasked: true, Reading.Limit, maxFragments: 10);
        byte[] payload = Wire.Mask([.. Wire.Hex(fine), .. Wire.Hex(fatal)]);
        byte[] start = [.. Wire.Header(1, length: 100, lengthField: 0), .. payload[..^1]];
        List<string> seen = [];

        Assert.True(Reading.Feed(assembler, start, seen));
        Assert.False(Reading.Feed(assembler, payload[^1..], seen));
        Assert.Equal(["Fault 1007 text is not UTF-8"], seen);
    }

    [Fact]
    public void Text_fails_in_the_fragment_that_spoils_it_before_the_last_has_come() =>
        Assert.Equal(["Fault 1007 text is not UTF-8"], Reading.Whole(Wire.Text("fine", fin: false), Wire.Frame(0, [0xFF], fin: false)));

    [Fact]
    public void Code_point_may_be_cut_by_a_ping() =>
        Assert.Equal(["Ping ?", "Text €"], Reading.Whole(Wire.Frame(1, [0xE2, 0x82], fin: false), Wire.Ping("?"), Wire.Frame(0, [0xAC])));

    [Fact]
    public void Binary_is_not_checked() =>
        Assert.Equal(["Binary FFC080", "Binary FF80"], Reading.Whole(Wire.Binary([0xFF, 0xC0, 0x80]), Wire.Binary([0xFF], fin: false), Wire.Frame(0, [0x80])));
}
