using System.Diagnostics;
using Peers.TestKit;

namespace Peers.Tests;

/// <summary>The servers that these and other tests start.</summary>
public sealed class BrokerServerTests
{
    [Fact]
    public async Task A_server_that_is_started_again_keeps_its_port_and_answers()
    {
        await using var nats = await NatsServer.StartAsync();
        await using var redis = await RedisServer.StartAsync();
        var (natsPort, redisPort) = (nats.Port, redis.Port);

        await nats.RestartAsync();
        await redis.KillAsync();
        await redis.RestartAsync();

        Assert.Equal((natsPort, redisPort), (nats.Port, redis.Port));
    }

    [Fact]
    public async Task Disposing_ends_even_a_server_that_was_halted()
    {
        var redis = await RedisServer.StartAsync();
        using var process = Process.GetProcessById(redis.Id);
        redis.Pause();

        await redis.DisposeAsync();

        Assert.True(process.HasExited);
    }

    [Fact]
    public async Task A_server_that_does_not_come_up_is_an_error_with_its_output()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => NatsServer.StartAsync("--no_such_option"));

        Assert.Contains("no_such_option", failure.Message, StringComparison.Ordinal);
    }
}
