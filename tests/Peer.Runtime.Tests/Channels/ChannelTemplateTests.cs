namespace Peers.Tests.Channels;

public sealed class ChannelTemplateTests
{
    [Fact]
    public void Values_go_into_the_braces_in_order() =>
        Assert.Equal("a/1/b/2/c", new ChannelTemplate("a/{x}/b/{y}/c").Name("1", "2"));

    [Theory]
    [InlineData("general", "room/general")]
    [InlineData("a/b", "room/a%2Fb")]
    [InlineData("a%2Fb", "room/a%252Fb")]
    [InlineData("{room}", "room/%7Broom%7D")]
    [InlineData("größe", "room/gr%C3%B6%C3%9Fe")]
    [InlineData("", "room/")]
    public void A_value_cannot_reach_into_another_part_of_the_name(string value, string name) =>
        Assert.Equal(name, new ChannelTemplate("room/{room}").Name(value));

    [Fact]
    public void A_name_that_was_made_before_costs_nothing()
    {
        var template = new ChannelTemplate("room/{room}");
        template.Name("general");

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) template.Name("general");
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Many_threads_with_many_values_get_the_right_names()
    {
        var template = new ChannelTemplate("room/{room}");
        Parallel.For(0, 20_000, i =>
        {
            var value = (i % 1000).ToString(System.Globalization.CultureInfo.InvariantCulture);
            Assert.Equal($"room/{value}", template.Name(value));
        });
    }

    [Fact]
    public void A_value_too_few_is_refused() => Assert.Throws<ArgumentException>(() => new ChannelTemplate("{a}/{b}").Name("1"));

    [Fact]
    public void No_value_is_refused() => Assert.Throws<ArgumentNullException>(() => new ChannelTemplate("{a}").Name((string)null!));

    [Fact]
    public void A_brace_that_is_not_closed_is_refused() => Assert.Throws<FormatException>(() => new ChannelTemplate("a/{b"));

    [Fact]
    public void Numbers_are_the_same_in_every_culture()
    {
        var culture = System.Globalization.CultureInfo.CurrentCulture;
        try
        {
            System.Globalization.CultureInfo.CurrentCulture = new("de-DE");
            Assert.Equal("1.5", ChannelTemplate.Text(1.5));
        }
        finally
        {
            System.Globalization.CultureInfo.CurrentCulture = culture;
        }
    }
}
