using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Peers.TestKit;

namespace Peers.Tests.Kit;

/// <summary>An application on event loops.</summary>
internal sealed class LoopApp : IAsyncDisposable
{
    private readonly WebApplication _app;

    private LoopApp(WebApplication app, LogSink logs) => (_app, Logs) = (app, logs);

    public LogSink Logs { get; }

    public PeerHost Host => _app.Services.GetRequiredService<PeerHost>();

    public int Port { get; private set; }

    /// <summary>What the loops asked of the kernel.</summary>
    public IReadOnlyList<SystemCalls> Calls => [.. Loops.Select(loop => loop.Calls)];

    /// <summary>The loops.</summary>
    public IReadOnlyList<EventLoop> Loops => ((EventLoopTransport)_app.Services.GetRequiredService<IConnectionListenerFactory>()).Running;

    /// <summary>Starts one with the handlers of these tests.</summary>
    /// <param name="options">The options of the loops.</param>
    /// <param name="listen">Where it listens; a free port of the loopback where it is left out.</param>
    /// <param name="logger">What logs too.</param>
    /// <param name="configure">What else is configured.</param>
    public static async Task<LoopApp> StartAsync(
        Action<PeerEventLoopOptions>? options = null, Action<KestrelServerOptions>? listen = null, ILoggerProvider? logger = null, Action<IServiceCollection>? configure = null)
    {
        var logs = new LogSink();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Debug).AddProvider(logs);
        if (logger is not null) builder.Logging.AddProvider(logger);
        builder.WebHost.ConfigureKestrel(listen ?? (static kestrel => kestrel.Listen(IPAddress.Loopback, 0)));
        builder.WebHost.UsePeerEventLoop(options);
        builder.Services.AddPeers(static options => options.MaxBufferedBytes = 64 << 20);
        configure?.Invoke(builder.Services);

        var app = new LoopApp(builder.Build(), logs);
        app._app.MapPeer<Worker>();
        await app._app.StartAsync();
        var address = app._app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First();
        if (!address.Contains("unix", StringComparison.Ordinal)) app.Port = new Uri(address.Replace("[::]", "localhost", StringComparison.Ordinal)).Port;
        return app;
    }

    public Task<RawClient> ConnectAsync() => RawClient.ConnectAsync(Port, "/worker");

    /// <summary>Shuts it down in order; disposing it does not.</summary>
    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
