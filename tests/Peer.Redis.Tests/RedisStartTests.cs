using Peers.TestKit;

namespace Peers.Tests;

public sealed class RedisStartTests
{
    [Fact]
    public async Task Without_a_server_the_start_fails_and_says_which_and_what_to_do()
    {
        await using var server = await RedisServer.StartAsync();
        await server.KillAsync();
        var node = RedisNode.Make(server, configuration => configuration.ConnectRetry = 1);

        var failure = await Assert.ThrowsAsync<BackplaneException>(async () => await node.StartAsync(new HeardSink(), CancellationToken.None));

        Assert.StartsWith($"Redis at 127.0.0.1:{server.Port} does not answer. Start it, or correct RedisBackplaneOptions.Configuration", failure.Message, StringComparison.Ordinal);
        await node.CloseAsync();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("wrong")]
    public async Task With_a_wrong_password_or_none_the_start_fails_and_says_so(string? password)
    {
        await using var server = await RedisServer.StartAsync("--requirepass", "right");
        var node = RedisNode.Make(server, configuration => configuration.Password = password);

        var failure = await Assert.ThrowsAsync<BackplaneException>(async () => await node.StartAsync(new HeardSink(), CancellationToken.None));

        Assert.Contains("Set user= and password= in RedisBackplaneOptions.Configuration", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", failure.Message, StringComparison.Ordinal);
        await node.CloseAsync();
    }

    [Fact]
    public async Task With_the_right_password_it_starts()
    {
        await using var server = await RedisServer.StartAsync("--requirepass", "right");
        await using var node = await RedisNode.StartAsync(server, configuration => configuration.Password = "right");
        await node.SubscribeAsync("news");
        await node.PublishAsync("news", "in");
        Assert.Equal("news: in", await node.Sink.NextAsync());
    }

    [Fact]
    public async Task A_user_who_may_do_nothing_but_publish_and_subscribe_under_the_prefix_is_enough()
    {
        await using var server = await RedisServer.StartAsync("--user", "chat", "on", ">right", "resetchannels", "&peers:*", "-@all", "+@pubsub", "+@connection");
        await using var node = await RedisNode.StartAsync(server, configuration => (configuration.User, configuration.Password) = ("chat", "right"));
        await node.SubscribeAsync("news");
        await node.PublishAsync("news", "in");
        Assert.Equal("news: in", await node.Sink.NextAsync());
    }

    [Fact]
    public async Task A_start_that_failed_can_be_tried_again()
    {
        await using var server = await RedisServer.StartAsync();
        await server.KillAsync();
        var node = RedisNode.Make(server, configuration => configuration.ConnectRetry = 1);
        var sink = new HeardSink();
        await Assert.ThrowsAsync<BackplaneException>(async () => await node.StartAsync(sink, CancellationToken.None));

        await server.RestartAsync();
        await node.StartAsync(sink, CancellationToken.None);

        await node.SubscribeAsync("news", CancellationToken.None);
        await node.PublishAsync("news", "here"u8.ToArray());
        Assert.Equal("news: here", await sink.NextAsync());
        await node.CloseAsync();
    }

    [Fact]
    public void Credentials_are_not_in_its_name()
    {
        var options = new RedisBackplaneOptions { Configuration = "redis.example:6380,other.example,user=ada,password=secret" };

        Assert.Equal("Redis at redis.example:6380, other.example:6379", new RedisBackplane(options).Name);
    }

    [Theory]
    [InlineData("", "peers", "RedisBackplaneOptions.Configuration is empty")]
    [InlineData("ssl=true", "peers", "RedisBackplaneOptions.Configuration names no server")]
    [InlineData("localhost", " ", "RedisBackplaneOptions.Prefix is empty")]
    public void An_option_that_cannot_work_is_named(string configuration, string prefix, string expected)
    {
        var failure = Assert.Throws<ArgumentException>(() => new RedisBackplane(new() { Configuration = configuration, Prefix = prefix }));

        Assert.StartsWith(expected, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_would_break_the_contract_of_backplanes_is_not_taken_from_the_clients_options()
    {
        var options = new RedisBackplaneOptions
        {
            Configuration = "localhost,abortConnect=false",
            Client = static client => client.BacklogPolicy = StackExchange.Redis.BacklogPolicy.Default,
        };

        var client = options.ToClient();

        Assert.True(client.AbortOnConnectFail);
        Assert.False(client.BacklogPolicy.QueueWhileDisconnected);
        Assert.Null(client.RetryPolicy);
    }
}
