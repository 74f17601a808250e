using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Peers.Tests;

public sealed class ConverterTests
{
    [Theory]
    [InlineData("\"json\"", "Its converter refused it.")]
    [InlineData("\"format\"", "Its converter refused it.")]
    [InlineData("\"operation\"", "Its converter refused it.")]
    [InlineData("\"argument\"", "Its converter refused it.")]
    [InlineData("\"overflow\"", "Its converter refused it.")]
    [InlineData("\"null\"", "null was not expected.")]
    [InlineData("[]", "Its converter did not read all of it.")]
    [InlineData("{\"a\":[1]}", "Its converter did not read all of it.")]
    public void What_a_converter_refuses_is_refused(string json, string reason)
    {
        Assert.False(MessageSerializer.TryRead<Whimsical>(Oracle.Utf8($"{{\"type\":\"whimsical\",\"whim\":{json}}}"), out _, out var error));
        Assert.Equal((MessageReadErrorKind.Invalid, reason), (error.Kind, error.Reason));
    }

    [Fact]
    public void What_is_not_JSON_does_not_reach_a_converter()
    {
        Assert.False(MessageSerializer.TryRead<Whimsical>("{\"type\":\"whimsical\",\"whim\":[1,]}"u8, out _, out var error));
        Assert.Equal(MessageReadErrorKind.NotJson, error.Kind);
    }

    [Fact]
    public void A_converter_that_is_wrong_in_itself_is_not_taken_for_a_text_that_is() =>
        Assert.Throws<NotSupportedException>(() => MessageSerializer.TryRead<Whimsical>("{\"type\":\"whimsical\",\"whim\":\"bug\"}"u8, out _, out _));

    [Theory]
    [InlineData("nothing"), InlineData("deep"), InlineData("bug")]
    public void A_converter_that_does_not_write_one_value_sends_nothing(string name)
    {
        Assert.ThrowsAny<Exception>(() => MessageSerializer.ToUtf8(new Whimsical(new(name))));
        Assert.Equal("{\"type\":\"whimsical\",\"whim\":\"fine\"}", Encoding.UTF8.GetString(MessageSerializer.ToUtf8(new Whimsical(new("fine")))));
    }

    [Fact]
    public void A_long_value_from_a_converter_makes_the_buffer_grow()
    {
        var message = new Whimsical(new(new string('x', 100_000)));
        Assert.True(MessageSerializer.TryRead<Whimsical>(MessageSerializer.ToUtf8(message), out var read, out _));
        Assert.Equal(message, read);
    }

    [Fact]
    public void Numbers_that_are_written_in_quotes_are_read_from_them_only_where_that_is_asked_for()
    {
        Assert.Equal("{\"type\":\"quotedOut\",\"number\":\"5\"}", Encoding.UTF8.GetString(MessageSerializer.ToUtf8(new QuotedOut(5))));
        Assert.False(MessageSerializer.TryRead<QuotedOut>("{\"type\":\"quotedOut\",\"number\":\"5\"}"u8, out _, out _));
        Assert.True(MessageSerializer.TryRead<QuotedOut>("{\"type\":\"quotedOut\",\"number\":5}"u8, out _, out _));
    }

    [Fact]
    public void What_is_only_read_is_not_written_and_what_is_only_written_is_not_read()
    {
        var text = Encoding.UTF8.GetString(MessageSerializer.ToUtf8(new OneWay { Password = "secret", Count = 9, Both = 1 }));
        Assert.Equal("{\"type\":\"oneWay\",\"count\":9,\"both\":1}", text);

        Assert.True(MessageSerializer.TryRead<OneWay>("{\"type\":\"oneWay\",\"password\":\"secret\",\"count\":9,\"both\":1}"u8, out var read, out _));
        Assert.Equal(("secret", 7, 1), (read.Password, read.Count, read.Both));
    }
}

[Message] public sealed partial record QuotedOut([property: JsonNumberHandling(JsonNumberHandling.WriteAsString)] int Number);

[Message] public sealed partial record Whimsical(Whim Whim);

[JsonConverter(typeof(WhimConverter))]
public sealed record Whim(string Name);

public sealed class WhimConverter : JsonConverter<Whim>
{
    public override Whim? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => (reader.TokenType == JsonTokenType.String ? reader.GetString() : "") switch
    {
        "json" => throw new JsonException(),
        "format" => throw new FormatException(),
        "operation" => throw new InvalidOperationException(),
        "argument" => throw new ArgumentException("", nameof(reader)),
        "overflow" => throw new OverflowException(),
        "bug" => throw new NotSupportedException(),
        "null" => null,
        var name => new(name!),
    };

    public override void Write(Utf8JsonWriter writer, Whim value, JsonSerializerOptions options)
    {
        if (value.Name == "nothing") return;
        if (value.Name == "bug") throw new NotSupportedException();
        var levels = value.Name == "deep" ? 64 : 0;
        for (var i = 0; i < levels; i++) writer.WriteStartArray();
        writer.WriteStringValue(value.Name);
        for (var i = 0; i < levels; i++) writer.WriteEndArray();
    }
}
