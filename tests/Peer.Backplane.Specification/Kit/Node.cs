namespace Peers.Tests.Kit;

/// <summary>One node of a cluster in this process: a host with a connection of its own to the backplane.</summary>
public sealed class Node : IAsyncDisposable
{
    private readonly PeerTestHost _host;

    private Node(PeerTestHost host, Leash leash, LogWatch log) => (_host, Leash, Log) = (host, leash, log);

    public PeerHost Host => _host.Host;

    public Leash Leash { get; }

    public LogWatch Log { get; }

    public static async Task<Node> StartAsync(IBackplane backplane, Action<BackplaneOptions>? configure = null, Action<Leash>? leashed = null)
    {
        var options = new BackplaneOptions { HeartbeatInterval = TimeSpan.FromMilliseconds(200), NodeTimeout = TimeSpan.FromSeconds(10), AnswerTimeout = TimeSpan.FromSeconds(20) };
        configure?.Invoke(options);
        var leash = new Leash(backplane);
        leashed?.Invoke(leash);
        var log = new LogWatch();
        var host = PeerTestHost.Start<Listener>(
            services => services.AddSingleton<IBackplane>(leash).AddSingleton(options).AddSingleton<ILoggerFactory>(log),
            limits => limits.MaxBufferedBytes = 64 * 1024 * 1024);
        host.Patience = Patience.Time;
        var node = new Node(host, leash, log);
        try
        {
            await host.Host.StartAsync().InTime();
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }

        return node;
    }

    /// <summary>A peer that is in channels, whose subscriptions stand when this returns.</summary>
    public async Task<PeerTestClient> JoinAsync(params string[] channels)
    {
        var client = await _host.ConnectAsync("/listen");
        foreach (var channel in channels) client.Peer.Subscribe(channel);
        foreach (var channel in channels) await Leash.WhenSubscribed(channel);
        return client;
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();
}
