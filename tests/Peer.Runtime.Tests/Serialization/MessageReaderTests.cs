using System.Text;
using System.Text.Json.Serialization;

namespace Peers.Tests;

public sealed class MessageReaderTests
{
    private const string Deepest = "{\"type\":\"twoTexts\",\"who\":\"a\",\"text\":\"b\",\"unknown\":";

    [Fact]
    public void Every_letter_at_every_place_of_a_GUID_is_taken_or_refused_as_the_oracle_does()
    {
        const string Id = "6f9619ff-8B86-d011-b42d-00C04fc964ff";
        for (var place = 0; place < Id.Length; place++)
        {
            for (var letter = ' '; letter <= '~'; letter++)
            {
                if (letter is '"' or '\\') continue;

                var text = $"{Id[..place]}{letter}{Id[(place + 1)..]}";
                var utf8 = Oracle.Utf8($"{{\"type\":\"oneId\",\"id\":\"{text}\"}}");
                var isRead = MessageSerializer.TryRead<OneId>(utf8, out var message, out _);
                Assert.Equal(Oracle.TryRead<OneId>(utf8, out var expected), isRead);
                if (isRead) Assert.Equal(expected, message);
            }
        }
    }

    [Fact]
    public void Text_that_is_not_UTF8_is_not_JSON()
    {
        byte[][] wrongs = [[0x80], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82]];
        foreach (var wrong in wrongs)
        {
            byte[] utf8 = [.. "{\"type\":\"oneText\",\"text\":\"0123456789abcdef"u8, .. wrong, .. "\"}"u8];
            Assert.Equal(MessageReadErrorKind.NotJson, ErrorOf<OneText>(utf8).Kind);
        }
    }

    [Fact]
    public void Text_that_is_not_UTF8_is_not_JSON_in_a_member_that_is_skipped() =>
        Assert.Equal(MessageReadErrorKind.NotJson, ErrorOf<NoMembers>([.. "{\"type\":\"noMembers\",\"x\":\""u8, 0xFF, .. "\"}"u8]).Kind);

    [Theory]
    [InlineData("\\ud800"), InlineData("\\udc00"), InlineData("a\\ud800b"), InlineData("\\ud800\\ud800"), InlineData("\\ud800\\n")]
    public void A_lone_surrogate_in_an_escape_is_invalid(string text) =>
        Assert.Equal(MessageReadErrorKind.Invalid, ErrorOf<OneText>($"{{\"type\":\"oneText\",\"text\":\"{text}\"}}").Kind);

    [Fact]
    public void Sixty_four_levels_are_read_and_sixty_five_are_not()
    {
        var deepest = Deepest + new string('[', 63) + new string(']', 63) + "}";
        var deeper = Deepest + new string('[', 64) + new string(']', 64) + "}";
        Assert.True(MessageSerializer.TryRead<TwoTexts>(Oracle.Utf8(deepest), out _, out _));
        Assert.True(Oracle.TryRead<TwoTexts>(Oracle.Utf8(deepest), out _));
        Assert.Equal(MessageReadErrorKind.NotJson, ErrorOf<TwoTexts>(deeper).Kind);
        Assert.False(Oracle.TryRead<TwoTexts>(Oracle.Utf8(deeper), out _));
    }

    [Fact]
    public void Members_may_be_sixty_four_levels_deep_and_no_deeper()
    {
        Assert.True(MessageSerializer.TryRead<Tree>(Oracle.Utf8(Chain(64)), out _, out _));
        Assert.True(Oracle.TryRead<Tree>(Oracle.Utf8(Chain(63)), out _));
        Assert.Equal(MessageReadErrorKind.NotJson, ErrorOf<Tree>(Chain(65)).Kind);

        // The innermost list of others is left open at the level that is counted.
        static string Chain(int levels)
        {
            var nodes = levels - 1;
            var open = string.Concat(Enumerable.Range(0, nodes - 1).Select(_ => "{\"name\":\"n\",\"others\":[],\"left\":"));
            return string.Concat("{\"type\":\"tree\",", open.AsSpan(1), "{\"name\":\"n\",\"left\":null,\"others\":[]}", new string('}', nodes - 1));
        }
    }

    [Fact]
    public void The_type_is_checked_wherever_it_stands()
    {
        Assert.Equal(MessageReadErrorKind.Invalid, ErrorOf<OneText>("{\"type\":\"twoTexts\",\"text\":\"\"}").Kind);
        Assert.Equal(MessageReadErrorKind.Invalid, ErrorOf<OneText>("{\"text\":\"\",\"type\":\"twoTexts\"}").Kind);
        Assert.Equal(MessageReadErrorKind.Invalid, ErrorOf<OneText>("{\"type\":\"oneText\",\"text\":\"\",\"type\":\"oneText\"}").Kind);
        Assert.Equal(MessageReadErrorKind.Invalid, ErrorOf<OneText>("{\"type\":1,\"text\":\"\"}").Kind);
    }

    [Fact]
    public void What_is_missing_is_named()
    {
        Assert.Equal("The member 'text' is missing.", ErrorOf<TwoTexts>("{\"type\":\"twoTexts\",\"who\":\"\"}").Reason);
        Assert.Equal("The member 'type' is missing.", ErrorOf<TwoTexts>("{\"who\":\"\",\"text\":\"\"}").Reason);
        Assert.Equal("The member 'weight' is missing.", ErrorOf<Properties>("{\"type\":\"properties\",\"name\":\"\"}").Reason);
    }

    [Fact]
    public void Null_is_no_item_of_a_collection_whose_items_are_never_null()
    {
        const string Rest = ",\"gaps\":null,\"sizes\":[],\"holes\":[null]}";
        Assert.Equal(MessageReadErrorKind.Invalid, ErrorOf<Arrays>("{\"type\":\"arrays\",\"numbers\":[],\"texts\":[null]" + Rest).Kind);
        Assert.True(MessageSerializer.TryRead<Arrays>(Oracle.Utf8("{\"type\":\"arrays\",\"numbers\":[],\"texts\":[]" + Rest), out _, out _));
    }

    [Theory]
    [InlineData("1e400", "0"), InlineData("-1e400", "0"), InlineData("1.7976931348623159e308", "0"), InlineData("0", "1e39"), InlineData("0", "-1e39"), InlineData("0", "3.4028236e38")]
    public void A_real_number_beyond_its_type_is_invalid(string wide, string narrow) =>
        Assert.Equal("A number that fits was expected.", ErrorOf<RealNumbers>($"{{\"type\":\"realNumbers\",\"a\":{wide},\"b\":{narrow},\"c\":0}}").Reason);

    [Fact]
    public void The_greatest_real_numbers_are_read()
    {
        var text = "{\"type\":\"realNumbers\",\"a\":-1.7976931348623157e308,\"b\":3.4028235e38,\"c\":-65504}";
        Assert.True(MessageSerializer.TryRead<RealNumbers>(Oracle.Utf8(text), out var message, out _));
        Assert.Equal(new(double.MinValue, float.MaxValue, Half.MinValue), message);
    }

    [Fact]
    public void A_text_that_stops_being_JSON_behind_what_does_not_fit_is_not_JSON()
    {
        Assert.Equal(MessageReadErrorKind.NotJson, ErrorOf<OneText>("{\"type\":\"oneText\",\"text\":5,\"x\":tru}").Kind);
        Assert.Equal(MessageReadErrorKind.NotJson, ErrorOf<OneText>("{\"type\":\"oneText\",\"text\":5}}").Kind);
        Assert.Equal(MessageReadErrorKind.NotJson, ErrorOf<OneText>("{\"type\":\"oneText\"").Kind);
        Assert.Equal(MessageReadErrorKind.Invalid, ErrorOf<OneText>("{\"type\":\"oneText\",\"text\":5,\"x\":true}").Kind);
    }

    [Theory]
    [InlineData("{\"type\":\"oneText\",\"$id\":7,\"text\":\"a\"}", "7")]
    [InlineData("{\"type\":\"oneText\",\"text\":\"a\",\"$id\":-1.5e3}", "-1.5e3")]
    [InlineData("{\"$id\":\"abc\",\"type\":\"oneText\",\"text\":\"a\"}", "\"abc\"")]
    [InlineData("{ \"$id\" : \"a\\\"b\" , \"type\" : \"oneText\", \"text\":\"a\"}", "\"a\\\"b\"")]
    [InlineData("{\"type\":\"oneText\",\"\\u0024id\":1,\"text\":\"a\"}", "1")]
    [InlineData("{\"type\":\"oneText\",\"text\":\"a\",\"$re\":4,\"x\":{\"$id\":9}}", "")]
    public void The_id_of_a_request_is_kept_as_it_was_written(string text, string id)
    {
        var reader = new MessageReader(Oracle.Utf8(text));
        Assert.True(MessageSerializer.TryRead<OneText>(ref reader, out var message));
        Assert.Equal("a", message.Text);
        Assert.Equal(id, Encoding.UTF8.GetString(reader.RequestId));
    }

    [Fact]
    public void An_id_of_a_request_has_up_to_sixty_four_bytes()
    {
        Assert.True(MessageSerializer.TryRead<NoMembers>(Oracle.Utf8($"{{\"type\":\"noMembers\",\"$id\":\"{new string('x', 64)}\"}}"), out _, out _));
        Assert.Equal(MessageReadErrorKind.Invalid, ErrorOf<NoMembers>($"{{\"type\":\"noMembers\",\"$id\":\"{new string('x', 65)}\"}}").Kind);
        Assert.Equal(MessageReadErrorKind.Invalid, ErrorOf<NoMembers>($"{{\"type\":\"noMembers\",\"$id\":{new string('1', 65)}}}").Kind);
    }

    [Theory]
    [InlineData("null"), InlineData("true"), InlineData("{}"), InlineData("[1]")]
    public void An_id_of_a_request_is_a_number_or_a_string(string id)
    {
        Assert.Equal(MessageReadErrorKind.Invalid, ErrorOf<NoMembers>($"{{\"type\":\"noMembers\",\"$id\":{id}}}").Kind);
        Assert.Equal(MessageReadErrorKind.Invalid, ErrorOf<NoMembers>($"{{\"$id\":{id},\"type\":\"noMembers\"}}").Kind);
    }

    [Fact]
    public void A_request_has_one_id() =>
        Assert.Equal(MessageReadErrorKind.Invalid, ErrorOf<NoMembers>("{\"type\":\"noMembers\",\"$id\":1,\"$id\":2}").Kind);

    [Fact]
    public void Strings_of_every_length_are_read_at_every_place()
    {
        for (var length = 0; length < 70; length++)
        {
            for (var odd = 0; odd <= length; odd++)
            {
                var text = string.Concat(new string('a', odd), odd % 3 == 0 ? "é" : odd % 3 == 1 ? "\"" : "z", new string('b', length - odd));
                Assert.True(MessageSerializer.TryRead<OneText>(MessageSerializer.ToUtf8(new OneText(text)), out var message, out var error), error.ToString());
                Assert.Equal(text, message.Text);
            }
        }
    }

    [Fact]
    public void No_bytes_at_all_make_the_reader_throw()
    {
        var random = new Random(5);
        var whole = MessageSerializer.ToUtf8(new RandomValue(3).Of<Mixed>());
        for (var round = 0; round < 20_000; round++)
        {
            var utf8 = whole.AsSpan(0, random.Next(whole.Length + 1)).ToArray();
            for (var i = random.Next(4); i > 0 && utf8.Length > 0; i--) utf8[random.Next(utf8.Length)] = (byte)random.Next(256);
            if (!MessageSerializer.TryRead<Mixed>(utf8, out _, out var error)) Assert.NotEqual(MessageReadErrorKind.None, error.Kind);
        }
    }

    [Fact]
    public void What_only_we_read_is_read_back_as_it_was_written()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var value = new RandomValue(seed).Of<ReadOnlys>();
            Assert.True(MessageSerializer.TryRead<ReadOnlys>(MessageSerializer.ToUtf8(value), out var read, out _));
            Oracle.AssertSame(value, read);
        }
    }

    private static MessageReadError ErrorOf<T>(string text) where T : IMessage<T> => ErrorOf<T>(Oracle.Utf8(text));

    private static MessageReadError ErrorOf<T>(byte[] utf8) where T : IMessage<T>
    {
        Assert.False(MessageSerializer.TryRead<T>(utf8, out _, out var error));
        return error;
    }
}

[Message]
[method: JsonConstructor]
public readonly partial record struct OneId(Guid Id);
