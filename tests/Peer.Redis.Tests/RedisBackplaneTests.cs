using System.Globalization;
using Peers.TestKit;
using StackExchange.Redis;

namespace Peers.Tests;

/// <summary>What is Redis' own; what every backplane must do is in the common suite.</summary>
public sealed class RedisBackplaneTests
{
    [Theory]
    [InlineData(RedisProtocol.Resp2)]
    [InlineData(RedisProtocol.Resp3)]
    public async Task After_the_server_came_back_the_interruption_is_told_once_and_every_subscription_is_there(RedisProtocol protocol)
    {
        await using var server = await RedisServer.StartAsync();
        await using var node = await RedisNode.StartAsync(server, configuration => configuration.Protocol = protocol);
        for (var i = 0; i < 100; i++) await node.SubscribeAsync(Channel(i));

        await server.RestartAsync();

        Assert.Equal("interrupted", await node.Sink.NextAsync());
        for (var i = 0; i < 100; i++) await node.PublishAsync(Channel(i), "back");
        var heard = new List<string>();
        for (var i = 0; i < 100; i++) heard.Add(await node.Sink.NextAsync());
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{Channel(i)}: back").Order(StringComparer.Ordinal), heard.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Without_a_server_a_publish_fails_at_once_and_is_not_sent_later()
    {
        await using var server = await RedisServer.StartAsync();
        await using var node = await RedisNode.StartAsync(server);
        await node.SubscribeAsync("news");
        await server.KillAsync();
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            // The first may still find the connection whole.
            while (true) await node.PublishAsync("news", "lost");
        });

        await server.RestartAsync();
        await node.Sink.UntilAsync("interrupted");

        await node.PublishAsync("news", "first");
        Assert.Equal("news: first", await node.Sink.NextAsync());
    }

    [Fact]
    public async Task Messages_of_one_channel_come_in_the_order_in_which_they_were_published()
    {
        await using var server = await RedisServer.StartAsync();
        await using var here = await RedisNode.StartAsync(server);
        await using var there = await RedisNode.StartAsync(server);
        await there.SubscribeAsync("count");

        for (var batch = 0; batch < 100; batch++)
        {
            await Task.WhenAll(Enumerable.Range(batch * 100, 100).Select(i => here.PublishAsync("count", i.ToString(CultureInfo.InvariantCulture)).AsTask()));
        }

        for (var i = 0; i < 10_000; i++) Assert.Equal($"count: {i}", await there.Sink.NextAsync());
    }

    [Fact]
    public async Task A_pattern_is_a_name_like_any_other()
    {
        await using var server = await RedisServer.StartAsync();
        await using var node = await RedisNode.StartAsync(server);
        await node.SubscribeAsync("room/*");

        await node.PublishAsync("room/1", "not for it");
        await node.PublishAsync("room/*", "for it");

        Assert.Equal("room/*: for it", await node.Sink.NextAsync());
        Assert.Equal(0, node.Sink.Waiting);
    }

    [Fact]
    public async Task Other_prefixes_are_other_channels()
    {
        await using var server = await RedisServer.StartAsync();
        await using var node = await RedisNode.StartAsync(server);
        await node.SubscribeAsync("news");
        await using var other = await ConnectionMultiplexer.ConnectAsync(server.Endpoint);

        Assert.Equal(0, await other.GetSubscriber().PublishAsync(RedisChannel.Literal("news"), "no"));
        Assert.Equal(0, await other.GetSubscriber().PublishAsync(RedisChannel.Literal("others:news"), "no"));
        Assert.Equal(1, await other.GetSubscriber().PublishAsync(RedisChannel.Literal("peers:news"), "yes"));
        Assert.Equal("news: yes", await node.Sink.NextAsync());
    }

    [Fact]
    public async Task What_is_unsubscribed_is_so_on_the_server()
    {
        await using var server = await RedisServer.StartAsync();
        await using var node = await RedisNode.StartAsync(server);
        await node.SubscribeAsync("news");
        await node.Backplane.UnsubscribeAsync("news", CancellationToken.None);
        await using var other = await ConnectionMultiplexer.ConnectAsync(server.Endpoint);

        Assert.Equal(0, await other.GetSubscriber().PublishAsync(RedisChannel.Literal("peers:news"), "nobody"));
    }

    [Fact]
    public async Task A_subscription_that_failed_is_not_restored_with_the_connection()
    {
        await using var server = await RedisServer.StartAsync();
        await using var node = await RedisNode.StartAsync(server, configuration => configuration.AsyncTimeout = 200);
        await node.SubscribeAsync("kept");
        server.Pause();
        await Assert.ThrowsAnyAsync<Exception>(async () => await node.SubscribeAsync("failed"));

        await server.RestartAsync();
        await node.Sink.UntilAsync("interrupted");

        await using var other = await ConnectionMultiplexer.ConnectAsync(server.Endpoint);
        Assert.Equal(1, await other.GetSubscriber().PublishAsync(RedisChannel.Literal("peers:kept"), "yes"));
        Assert.Equal(0, await other.GetSubscriber().PublishAsync(RedisChannel.Literal("peers:failed"), "nobody"));
    }

    // It ended the subscription: nothing more was handed over, and nobody was told.
    [Fact]
    public async Task A_message_that_cannot_be_handed_over_is_logged_and_the_next_comes()
    {
        using var log = new LogSignals();
        await using var server = await RedisServer.StartAsync();
        await using var node = await RedisNode.StartAsync(server, loggers: log);
        node.Sink.Indigestible = "bad";
        await node.SubscribeAsync("news\n");

        await node.PublishAsync("news\n", "bad");
        await node.PublishAsync("news\n", "good");

        Assert.Equal("news\n: good", await node.Sink.NextAsync());
        Assert.StartsWith("A message for 'news\uFFFD' from Redis at", await log.UntilAsync(300), StringComparison.Ordinal);
    }

    // All waited for the one, and nobody heard of the interruption.
    [Theory]
    [InlineData(RedisProtocol.Resp2)]
    [InlineData(RedisProtocol.Resp3)]
    public async Task A_subscription_that_the_server_does_not_take_again_holds_no_other_up_and_is_tried_until_it_does(RedisProtocol protocol)
    {
        using var log = new LogSignals();
        await using var server = await RedisServer.StartAsync();
        await using var admin = await ConnectionMultiplexer.ConnectAsync(server.Endpoint);
        await using var node = await RedisNode.StartAsync(server, configuration => configuration.Protocol = protocol, log);
        await node.SubscribeAsync("kept");
        await node.SubscribeAsync("refused");

        // Who has subscribed to what is not allowed any more is cut off, and comes back.
        await admin.GetDatabase().ExecuteAsync("ACL", "SETUSER", "default", "resetchannels", "&peers:kept");

        Assert.Equal("interrupted", await node.Sink.NextAsync());
        Assert.StartsWith("'refused' no longer receives from other nodes: the connection to Redis at", await log.UntilAsync(301), StringComparison.Ordinal);
        await node.PublishAsync("kept", "here");
        Assert.Equal("kept: here", await node.Sink.NextAsync());

        await admin.GetDatabase().ExecuteAsync("ACL", "SETUSER", "default", "allchannels");
        Assert.Equal("refused interrupted", await node.Sink.NextAsync());
        await node.PublishAsync("refused", "here again");
        Assert.Equal("refused: here again", await node.Sink.NextAsync());
    }

    [Fact]
    public async Task What_is_unsubscribed_while_the_server_does_not_take_it_is_not_tried_any_more()
    {
        using var log = new LogSignals();
        await using var server = await RedisServer.StartAsync();
        await using var admin = await ConnectionMultiplexer.ConnectAsync(server.Endpoint);
        await using var node = await RedisNode.StartAsync(server, loggers: log);
        await node.SubscribeAsync("kept");
        await node.SubscribeAsync("refused");
        await admin.GetDatabase().ExecuteAsync("ACL", "SETUSER", "default", "resetchannels", "&peers:kept");
        await log.UntilAsync(301);

        await node.Backplane.UnsubscribeAsync("refused", CancellationToken.None);
        await admin.GetDatabase().ExecuteAsync("ACL", "SETUSER", "default", "allchannels");
        await server.RestartAsync();
        await node.Sink.UntilAsync("interrupted");
        await node.Sink.UntilAsync("interrupted");

        Assert.Equal(0, await admin.GetSubscriber().PublishAsync(RedisChannel.Literal("peers:refused"), "nobody"));
    }

    private static string Channel(int i) => string.Create(CultureInfo.InvariantCulture, $"channel/{i}");
}
