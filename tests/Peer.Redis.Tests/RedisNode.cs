using System.Text;
using Microsoft.Extensions.Logging;
using Peers.TestKit;
using StackExchange.Redis;

namespace Peers.Tests;

/// <summary>A node's backplane, started, and what it hears.</summary>
internal sealed class RedisNode : IAsyncDisposable
{
    private RedisNode(IBackplane backplane) => Backplane = backplane;

    public IBackplane Backplane { get; }

    public HeardSink Sink { get; } = new();

    public static async Task<RedisNode> StartAsync(RedisServer server, Action<ConfigurationOptions>? configure = null, ILoggerFactory? loggers = null)
    {
        var node = new RedisNode(Make(server, configure, loggers));
        await node.StartAsync();
        return node;
    }

    public static RedisBackplane Make(RedisServer server, Action<ConfigurationOptions>? configure = null, ILoggerFactory? loggers = null) =>
        new(new RedisBackplaneOptions { Configuration = server.Endpoint, Client = configure }, loggers);

    public ValueTask StartAsync() => Backplane.StartAsync(Sink, CancellationToken.None);

    public ValueTask SubscribeAsync(string channel) => Backplane.SubscribeAsync(channel, CancellationToken.None);

    public ValueTask PublishAsync(string channel, string text) => Backplane.PublishAsync(channel, Encoding.UTF8.GetBytes(text));

    public ValueTask DisposeAsync() => Backplane.CloseAsync();
}
