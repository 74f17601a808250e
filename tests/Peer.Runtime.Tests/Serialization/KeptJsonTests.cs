using System.Text;
using System.Text.Json;

namespace Peers.Tests;

/// <summary>JSON inside messages that is passed on without being taken apart.</summary>
public sealed class KeptJsonTests
{
    [Theory]
    [InlineData("1.50"), InlineData("\"\\ud800\""), InlineData("{ \"a\" : [ 1 , \"\\u0041\" ] }"), InlineData("{\"a\":1,\"a\":2}"), InlineData("null")]
    public void Raw_JSON_is_written_as_it_was_read(string json)
    {
        var text = $"{{\"type\":\"rawParts\",\"payload\":{json},\"other\":0,\"name\":\"x\"}}";
        Assert.True(MessageSerializer.TryRead<RawParts>(Oracle.Utf8(text), out var message, out _));

        Assert.Equal(json, Encoding.UTF8.GetString(message.Payload.Span));
        Assert.Equal(text, TextOf(message));
    }

    [Theory]
    [InlineData("1.50"), InlineData("\"\\ud800\""), InlineData("{ \"a\" : [ 1 , \"\\u0041\" ] }"), InlineData("null")]
    public void An_element_is_written_as_it_was_read(string json)
    {
        var text = $"{{\"type\":\"elements\",\"any\":{json},\"maybe\":null,\"many\":[],\"named\":{{}}}}";
        Assert.True(MessageSerializer.TryRead<Elements>(Oracle.Utf8(text), out var message, out _));

        Assert.Equal(text, TextOf(message));
    }

    [Theory]
    [InlineData(""), InlineData(" "), InlineData("{"), InlineData("1 2"), InlineData("{},"), InlineData("'x'"), InlineData("// comment\n1")]
    public void Raw_JSON_that_is_none_is_not_written(string json) =>
        Assert.Throws<InvalidOperationException>(() => MessageSerializer.ToUtf8(new RawParts(Encoding.UTF8.GetBytes(json), "0"u8.ToArray(), "")));

    [Fact]
    public void Raw_JSON_that_is_not_UTF8_is_not_written() =>
        Assert.Throws<InvalidOperationException>(() => MessageSerializer.ToUtf8(new RawParts(new byte[] { (byte)'"', 0xFF, (byte)'"' }, "0"u8.ToArray(), "")));

    [Fact]
    public void White_space_around_raw_JSON_is_left_out() =>
        Assert.Equal("{\"type\":\"rawParts\",\"payload\":[1 ],\"other\":0,\"name\":\"\"}", TextOf(new RawParts(" [1 ]\n"u8.ToArray(), "0"u8.ToArray(), "")));

    [Fact]
    public void Kept_JSON_makes_no_message_deeper_than_sixty_four_levels()
    {
        var (deepest, deeper) = (Nested(63), Nested(64));
        Assert.NotEmpty(MessageSerializer.ToUtf8(new RawParts(deepest, "0"u8.ToArray(), "")));
        Assert.NotEmpty(MessageSerializer.ToUtf8(new Elements(JsonElement.Parse(deepest), null, [], [])));

        Assert.Throws<InvalidOperationException>(() => MessageSerializer.ToUtf8(new RawParts(deeper, "0"u8.ToArray(), "")));
        Assert.Throws<InvalidOperationException>(() => MessageSerializer.ToUtf8(new Elements(JsonElement.Parse(deeper), null, [], [])));

        static byte[] Nested(int levels) => Encoding.UTF8.GetBytes(new string('[', levels) + new string(']', levels));
    }

    [Fact]
    public void An_element_that_was_parsed_with_comments_is_written_without_them()
    {
        using var document = JsonDocument.Parse("[1 /* one */,]", new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        Assert.Contains("\"any\":[1],", TextOf(new Elements(document.RootElement, null, [], [])), StringComparison.Ordinal);
    }

    [Fact]
    public void An_element_that_is_none_is_not_written() =>
        Assert.Throws<InvalidOperationException>(() => MessageSerializer.ToUtf8(new Elements(default, null, [], [])));

    private static string TextOf<T>(T message) where T : IMessage<T> => Encoding.UTF8.GetString(MessageSerializer.ToUtf8(in message));
}
