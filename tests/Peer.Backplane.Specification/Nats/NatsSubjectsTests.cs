namespace Peers.Tests;

/// <summary>Channels as subjects.</summary>
public sealed class NatsSubjectsTests
{
    private readonly NatsSubjects _subjects = new("peers");

    [Theory]
    [InlineData("room/42", "peers.room/42")]
    [InlineData("$nodes", "peers.$nodes")]
    [InlineData("a.b", "peers.a%2Eb")]
    [InlineData("*", "peers.%2A")]
    [InlineData(">", "peers.%3E")]
    [InlineData("a b\r\n", "peers.a%20b%0D%0A")]
    [InlineData("100%", "peers.100%25")]
    [InlineData("é", "peers.%C3%A9")]
    [InlineData("🙂", "peers.%F0%9F%99%82")]
    public void What_nats_reserves_is_encoded(string channel, string subject) => Assert.Equal(subject, _subjects.Of(channel));

    [Fact]
    public void Half_a_surrogate_pair_is_encoded_as_what_it_is() => Assert.Equal("peers.%uD800x", _subjects.Of("\uD800x"));

    [Fact]
    public void A_long_name_is_hashed_and_names_that_differ_stay_different()
    {
        var (one, other) = (_subjects.Of(new string('x', 5000)), _subjects.Of(new string('x', 4999) + "y"));

        Assert.StartsWith("peers.%h", one, StringComparison.Ordinal);
        Assert.Equal("peers.%h".Length + 64, one.Length);
        Assert.NotEqual(one, other);
    }

    [Fact]
    public void A_name_that_becomes_long_by_encoding_is_hashed_too() => Assert.StartsWith("peers.%h", _subjects.Of(new string('日', 100)), StringComparison.Ordinal);

    [Fact]
    public void A_channel_that_was_seen_costs_nothing()
    {
        Assert.Same(_subjects.Of("a.b"), _subjects.Of("a.b"));
    }

    [Theory]
    [InlineData("peers", true)]
    [InlineData("team.chat", true)]
    [InlineData("", false)]
    [InlineData("a..b", false)]
    [InlineData("a.*", false)]
    [InlineData(">", false)]
    [InlineData("a b", false)]
    [InlineData("é", false)]
    public void A_prefix_is_tokens_with_dots_between_them(string prefix, bool isPrefix) => Assert.Equal(isPrefix, NatsSubjects.IsPrefix(prefix));
}
