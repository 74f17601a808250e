using System.Text;

namespace Peers.Tests;

public sealed class MessageEnvelopeTests
{
    [Theory]
    [InlineData("{\"type\":\"say\",\"text\":\"hi\"}", "say")]
    [InlineData("{\"type\":\"say\"}", "say")]
    [InlineData(" { \"type\" : \"say\" }", "say")]
    [InlineData("{\"text\":\"hi\",\"type\":\"say\"}", "say")]
    [InlineData("{\"x\":{\"type\":\"inner\"},\"type\":\"say\"}", "say")]
    [InlineData("{\"\\u0074ype\":\"s\\u0061y\"}", "say")]
    [InlineData("{\"type\":\"grüß\"}", "grüß")]
    [InlineData("{\"type\":\"a\\\"b\"}", "a\"b")]
    public void The_type_is_found_wherever_and_however_it_is_written(string text, string type)
    {
        Assert.True(MessageEnvelope.TryReadType(Oracle.Utf8(text), out var found, out _));
        Assert.Equal(type, Encoding.UTF8.GetString(found));
    }

    [Theory]
    [InlineData("{}"), InlineData("[]"), InlineData("1"), InlineData("\"type\""), InlineData("{\"type\":1}"), InlineData("{\"type\":null}"), InlineData("{\"type\":\"\"}")]
    [InlineData("{\"Type\":\"say\"}"), InlineData("{\"x\":{\"type\":\"say\"}}"), InlineData("{\"type\":\"\\ud800\"}")]
    public void JSON_without_a_type_is_told_from_what_is_not_JSON(string text)
    {
        Assert.False(MessageEnvelope.TryReadType(Oracle.Utf8(text), out _, out var error));
        Assert.Equal(MessageReadErrorKind.None, error.Kind);
    }

    [Theory]
    [InlineData(""), InlineData("hello"), InlineData("{"), InlineData("{\"x\":1,\"type\":\"say\""), InlineData("{\"type\":\"say"), InlineData("{'type':'say'}"), InlineData("{} {}")]
    public void What_is_not_JSON_is_said_to_be_so(string text)
    {
        Assert.False(MessageEnvelope.TryReadType(Oracle.Utf8(text), out _, out var error));
        Assert.Equal(MessageReadErrorKind.NotJson, error.Kind);
    }

    [Theory]
    [InlineData("{\"type\":\"say\",\"$id\":7}", "7")]
    [InlineData("{\"$id\":\"x\",\"type\":\"say\"}", "\"x\"")]
    [InlineData("{\"type\":\"say\",\"$id\":{\"a\":1}}", "")]
    [InlineData("{\"type\":\"say\"}", "")]
    public void The_id_is_found_for_an_error_to_answer_to(string text, string id)
    {
        Assert.True(MessageEnvelope.TryScan(Oracle.Utf8(text), out var type, out var requestId, out _));
        Assert.Equal("say", Encoding.UTF8.GetString(type));
        Assert.Equal(id, Encoding.UTF8.GetString(requestId));
    }

    [Fact]
    public void A_scan_refuses_what_is_not_JSON_behind_the_type()
    {
        Assert.False(MessageEnvelope.TryScan("{\"type\":\"say\",\"text\":tru}"u8, out _, out _, out var error));
        Assert.Equal(MessageReadErrorKind.NotJson, error.Kind);
    }
}
