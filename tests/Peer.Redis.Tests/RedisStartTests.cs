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

        Assert.StartsWith($"Redis at 127.0.0.1:{server.Port} does not answer. Start the server, or correct EndPoints", failure.Message, StringComparison.Ordinal);
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

        Assert.Contains("Set User and Password of RedisBackplaneOptions.Configuration", failure.Message, StringComparison.Ordinal);
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
        var options = new RedisBackplaneOptions();
        options.Configuration.EndPoints.Add("redis.example", 6380);
        options.Configuration.User = "ada";
        options.Configuration.Password = "secret";

        Assert.Equal("Redis at redis.example:6380", new RedisBackplane(options).Name);
    }
}
