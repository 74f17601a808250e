using Peers.TestKit;

namespace Peers.Tests.Kit;

/// <summary>What carries channels, as a test has it in hand: it can be taken away and given back.</summary>
public interface IBroker : IAsyncDisposable
{
    /// <summary>A connection for one node, not started.</summary>
    /// <param name="prefix">What sets apart those who share the server.</param>
    IBackplane Connect(string prefix = "peers");

    /// <summary>Takes it away, as a lost machine would be.</summary>
    Task KillAsync();

    /// <summary>Gives it back, empty.</summary>
    Task RestartAsync();

    /// <summary>Halts it: nobody is told, and nothing is answered.</summary>
    void Pause();

    /// <summary>Lets it go on.</summary>
    void Resume();
}

/// <summary>Memory in place of a server.</summary>
public sealed class MemoryBroker : IBroker
{
    private readonly MemoryBackplane _backplane = new();

    public IBackplane Connect(string prefix = "peers") => _backplane.Connect();

    public Task KillAsync()
    {
        _backplane.Cut();
        return Task.CompletedTask;
    }

    public Task RestartAsync()
    {
        _backplane.Restore();
        return Task.CompletedTask;
    }

    public void Pause() => _backplane.Cut();

    public void Resume() => _backplane.Restore();

    public ValueTask DisposeAsync() => default;
}

/// <summary>A nats-server of its own.</summary>
public sealed class NatsBroker(NatsServer server) : IBroker
{
    public static async Task<IBroker> StartAsync() => new NatsBroker(await NatsServer.StartAsync());

    public IBackplane Connect(string prefix = "peers") => new NatsBackplane(new() { Url = server.Url, Prefix = prefix });

    public Task KillAsync() => server.KillAsync();

    public Task RestartAsync() => server.RestartAsync();

    public void Pause() => server.Pause();

    public void Resume() => server.Resume();

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
