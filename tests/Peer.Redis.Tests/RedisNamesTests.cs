namespace Peers.Tests;

public sealed class RedisNamesTests
{
    private static readonly RedisNames s_names = new("peers");

    [Theory]
    [InlineData("room/1", "peers:room/1")]
    [InlineData("*", "peers:*")]
    [InlineData("räume 😀", "peers:räume 😀")]
    public void A_name_is_the_prefix_and_the_name_as_it_is(string channel, string expected) => Assert.Equal(expected, (string?)s_names.Of(channel));

    [Fact]
    public void No_name_is_a_pattern()
    {
        Assert.False(s_names.Of("room/*").IsPattern);
        Assert.False(s_names.Of("[ab]?").IsPattern);
    }

    [Fact]
    public void Names_that_UTF_8_cannot_tell_apart_stay_different()
    {
        string[] names = ["\ud800", "\ud801", "\udc00", "\ufffd", "\ud800\ud800\udc00", "\ud800\udc00\ud800", "a\ud800b", "a\udc00b", "\udc00\ud800", "\ud83d\ude00"];

        Assert.Distinct(names.Select(name => Convert.ToHexString((byte[])s_names.Of(name)!)));
    }
}
