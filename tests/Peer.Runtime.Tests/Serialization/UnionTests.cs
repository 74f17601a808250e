using System.Text;

namespace Peers.Tests;

/// <summary>Types that stand for several messages.</summary>
public sealed class UnionTests
{
    [Fact]
    public void What_it_holds_is_written_with_its_type()
    {
        Assert.Equal("{\"type\":\"circle\",\"radius\":2}", TextOf<IDrawn>(new Circle(2)));
        Assert.Equal("{\"type\":\"d.o.t\\\"\",\"x\":1,\"y\":2}", TextOf<IRound>(new Dot(1, 2)));
        Assert.Equal("{\"type\":\"group\",\"items\":[{\"type\":\"nothing\"}],\"round\":{\"type\":\"circle\",\"radius\":1}}", TextOf(new Group([new Nothing()], new Circle(1))));
    }

    [Theory]
    [InlineData("{\"type\":\"circle\",\"radius\":2}")]
    [InlineData(" { \"radius\" : 2 , \"type\" : \"circle\" } ")]
    [InlineData("{\"other\":{\"type\":\"group\"},\"\\u0074ype\":\"c\\u0069rcle\",\"radius\":2}")]
    public void It_is_read_by_the_type_wherever_that_stands(string text)
    {
        Assert.True(MessageSerializer.TryRead<IDrawn>(Oracle.Utf8(text), out var drawn, out var error), error.ToString());
        Assert.Equal(new Circle(2), drawn);
    }

    [Theory]
    [InlineData("{\"type\":\"note\"}"), InlineData("{}"), InlineData("{\"type\":5}"), InlineData("[]"), InlineData("null"), InlineData("\"circle\""), InlineData("{\"type\":\"group\",\"items\":[{\"type\":\"note\"}]}")]
    [InlineData("{\"type\":\"group\",\"items\":[{\"radius\":1}]}"), InlineData("{\"type\":\"group\",\"items\":[null]}"), InlineData("{\"type\":\"circle\",\"radius\":1,\"type\":\"circle\"}")]
    public void What_names_none_of_its_messages_is_invalid(string text)
    {
        Assert.False(MessageSerializer.TryRead<IDrawn>(Oracle.Utf8(text), out _, out var error));
        Assert.Equal(MessageReadErrorKind.Invalid, error.Kind);
    }

    [Theory]
    [InlineData("{\"type\":\"circle\",\"radius\":1"), InlineData("{\"radius\":1,\"type\":\"circle\",}"), InlineData("{\"type\":\"circle"), InlineData("")]
    public void What_is_not_JSON_is_said_to_be_so(string text)
    {
        Assert.False(MessageSerializer.TryRead<IDrawn>(Oracle.Utf8(text), out _, out var error));
        Assert.Equal(MessageReadErrorKind.NotJson, error.Kind);
    }

    [Fact]
    public void A_message_inside_another_neither_asks_nor_answers()
    {
        var text = "{\"type\":\"group\",\"$id\":7,\"items\":[{\"type\":\"circle\",\"$id\":8,\"radius\":1}],\"round\":null}";
        var reader = new MessageReader(Oracle.Utf8(text));
        Assert.True(MessageSerializer.TryRead<Group>(ref reader, out var group));
        Assert.Equal("7", Encoding.UTF8.GetString(reader.RequestId));

        var buffer = MessageBuffer.Rent();
        buffer.Write(in group, "7"u8);
        Assert.Equal("{\"type\":\"group\",\"$re\":7,\"items\":[{\"type\":\"circle\",\"radius\":1}],\"round\":null}", Encoding.UTF8.GetString(buffer.PayloadSpan));
        buffer.Return();
    }

    [Fact]
    public void It_knows_the_names_of_its_messages()
    {
        Assert.True(IncomingText.Holds<IDrawn>("circle"u8));
        Assert.True(IncomingText.Holds<IRound>("d.o.t\""u8));
        Assert.False(IncomingText.Holds<IRound>("group"u8));
        Assert.False(IncomingText.Holds<IDrawn>("iDrawn"u8));
    }

    [Fact]
    public void A_message_that_it_does_not_stand_for_is_not_written()
    {
        Assert.Throws<InvalidOperationException>(() => MessageSerializer.ToUtf8<IDrawn>(new Stranger()));
        Assert.Throws<InvalidOperationException>(() => MessageSerializer.ToUtf8<IDrawn>(null!));
    }

    [Fact]
    public void Messages_that_hold_each_other_are_sixty_four_levels_deep_at_most()
    {
        Notice notice = new Note("", null);
        for (var i = 1; i < 64; i++) notice = new Note("", notice);
        var deepest = MessageSerializer.ToUtf8(in notice);
        Assert.True(MessageSerializer.TryRead<Notice>(deepest, out _, out _));

        notice = new Note("", notice);
        Assert.Throws<InvalidOperationException>(() => MessageSerializer.ToUtf8(in notice));
        Assert.False(MessageSerializer.TryRead<Notice>([.. "{\"type\":\"note\",\"text\":\"\",\"below\":"u8, .. deepest, (byte)'}'], out _, out _));
    }

    private static string TextOf<T>(T message) where T : IMessage<T> => Encoding.UTF8.GetString(MessageSerializer.ToUtf8(in message));

    private sealed class Stranger : IDrawn;
}
