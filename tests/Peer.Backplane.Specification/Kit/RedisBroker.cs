using Peers.TestKit;

namespace Peers.Tests.Kit;

/// <summary>A redis-server of its own.</summary>
public sealed class RedisBroker(RedisServer server) : IBroker
{
    public static async Task<IBroker> StartAsync() => new RedisBroker(await RedisServer.StartAsync());

    public IBackplane Connect(string prefix = "peers") => new RedisBackplane(new() { Configuration = server.Endpoint, Prefix = prefix });

    public Task KillAsync() => server.KillAsync();

    public Task RestartAsync() => server.RestartAsync();

    public void Pause() => server.Pause();

    public void Resume() => server.Resume();

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
