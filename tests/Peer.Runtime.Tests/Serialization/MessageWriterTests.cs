using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Peers.Tests;

public sealed class MessageWriterTests
{
    [Fact]
    public void Every_UTF16_unit_is_escaped_as_the_oracle_does()
    {
        for (var unit = 0; unit <= char.MaxValue; unit++)
        {
            var text = $"a{(char)unit}b";
            if (JsonSerializer.Serialize(text, Oracle.Options) is var expected && Text(text) != expected) Assert.Fail($"U+{unit:X4}: {Text(text)} instead of {expected}");
        }
    }

    [Fact]
    public void Supplementary_characters_and_lone_surrogates_are_written_as_the_oracle_does()
    {
        string[] texts = ["😀", "\U0001F469\u200D\U0001F4BB", "\U00010FFF\U0010FFFF", "\uD800", "\uDC00", "\uDC00\uD800", "a\uD800", "\uD83D\"\uDE00", "é\uD800é", "𐍈\n"];
        foreach (var text in texts) Assert.Equal(JsonSerializer.Serialize(text, Oracle.Options), Text(text));
    }

    [Fact]
    public void An_escape_is_found_at_every_place_of_strings_of_every_length()
    {
        for (var length = 1; length < 70; length++)
        {
            for (var place = 0; place < length; place++)
            {
                foreach (var odd in "\"\\\n\x7Fé€")
                {
                    var letters = new string('x', length).ToCharArray();
                    letters[place] = odd;
                    var text = new string(letters);
                    if (Text(text) != JsonSerializer.Serialize(text, Oracle.Options)) Assert.Fail($"length {length}, place {place}: {Text(text)}");
                }
            }
        }
    }

    [Fact]
    public void Short_decimals_are_written_as_the_oracle_does()
    {
        for (var i = -30_000; i <= 30_000; i++)
        {
            double[] values = [i / 1.0, i / 10.0, i / 100.0, i / 1000.0, i / 10_000.0, i / 100_000.0, i * 1_000_003.0, i * 1e11, i / 3.0];
            foreach (var value in values)
            {
                var expected = JsonSerializer.Serialize(value);
                if (Real(value) != expected) Assert.Fail($"{Real(value)} instead of {expected}");
            }
        }
    }

    [Theory]
    [InlineData(double.NaN), InlineData(double.PositiveInfinity), InlineData(double.NegativeInfinity)]
    public void Numbers_that_JSON_has_no_form_for_are_refused_as_the_oracle_does(double value)
    {
        Assert.Throws<ArgumentException>(() => Oracle.Write(new RealNumbers(value, 0, default)));
        Assert.Throws<ArgumentException>(() => MessageSerializer.ToUtf8(new RealNumbers(value, 0, default)));
        Assert.Throws<ArgumentException>(() => MessageSerializer.ToUtf8(new RealNumbers(0, (float)value, default)));
    }

    [Fact]
    public void Null_is_refused_where_the_type_says_that_it_never_is()
    {
        Assert.Throws<JsonException>(() => Oracle.Write(default(OneText)));
        var problem = Assert.Throws<InvalidOperationException>(() => MessageSerializer.ToUtf8(default(OneText)));
        Assert.Equal("'message.Text' is null, and its type says that it never is.", problem.Message);
    }

    [Fact]
    public void A_message_that_holds_itself_is_refused()
    {
        var tree = new Tree("root", null, []);
        tree.Others.Add(tree);
        Assert.Throws<InvalidOperationException>(() => MessageSerializer.ToUtf8(tree));
    }

    [Fact]
    public void A_reply_says_what_it_answers_behind_its_type()
    {
        var buffer = MessageBuffer.Rent();
        buffer.Write(new OneText("hi"), "\"a\\\"b\""u8);
        Assert.Equal("{\"type\":\"oneText\",\"$re\":\"a\\\"b\",\"text\":\"hi\"}", Encoding.UTF8.GetString(buffer.PayloadSpan));
        buffer.Return();
    }

    [Fact]
    public void A_buffer_leaves_room_for_the_header_in_one_piece_with_the_payload()
    {
        var buffer = MessageBuffer.Rent();
        buffer.Write(new OneText(new string('x', 5000)));
        Assert.Equal(MessageBuffer.HeaderSize + buffer.PayloadLength, buffer.Span.Length);
        Assert.True(buffer.Span[MessageBuffer.HeaderSize..].SequenceEqual(buffer.PayloadSpan));
        buffer.Return();
    }

    [Fact]
    public void A_buffer_keeps_no_more_than_64_KiB()
    {
        var buffer = MessageBuffer.Rent();
        buffer.Write(new OneText(new string('x', MessageBuffer.Retained * 2)));
        Assert.True(buffer.Storage.Length > MessageBuffer.Retained);
        buffer.Reset();
        Assert.True(buffer.Storage.Length <= MessageBuffer.Retained);
        buffer.Return();
    }

    [Fact]
    public void A_buffer_in_use_is_not_handed_out_again()
    {
        var first = MessageBuffer.Rent();
        var second = MessageBuffer.Rent();
        Assert.NotSame(first, second);
        first.Return();
        Assert.Same(first, MessageBuffer.Rent());
    }

    [Fact]
    public void A_message_goes_to_any_buffer_writer()
    {
        var destination = new ArrayBufferWriter<byte>();
        MessageSerializer.Write(destination, new TwoTexts("ann", "hi"));
        MessageSerializer.Write(destination, new NoMembers());
        Assert.Equal("{\"type\":\"twoTexts\",\"who\":\"ann\",\"text\":\"hi\"}{\"type\":\"noMembers\"}", Encoding.UTF8.GetString(destination.WrittenSpan));
    }

    private static string Text(string text) => Encoding.UTF8.GetString(MessageSerializer.ToUtf8(new OneText(text)))["{\"type\":\"oneText\",\"text\":".Length..^1];

    private static string Real(double value) => Encoding.UTF8.GetString(MessageSerializer.ToUtf8(new RealNumbers(value, 0, default)))["{\"type\":\"realNumbers\",\"a\":".Length..].Split(',')[0];
}
