using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Peers.TestKit;

namespace Peers.Tests.Kit;

/// <summary>An application on Kestrel and a free port of the loopback, whose log can be read.</summary>
internal sealed class TestApp : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly bool _tls;

    private TestApp(WebApplication app, LogSink logs, bool tls) => (_app, Logs, _tls) = (app, logs, tls);

    public LogSink Logs { get; }

    public int Port { get; private set; }

    public PeerHost Host => Services.GetRequiredService<PeerHost>();

    public IServiceProvider Services => _app.Services;

    public IHostApplicationLifetime Lifetime => _app.Lifetime;

    /// <summary>Starts an application.</summary>
    /// <param name="map">Maps its endpoints, and adds its middleware.</param>
    /// <param name="options">The options of all peers.</param>
    /// <param name="configure">What else is configured.</param>
    /// <param name="protocols">What it speaks.</param>
    /// <param name="tls">Whether behind TLS.</param>
    public static async Task<TestApp> StartAsync(
        Action<WebApplication> map,
        Action<PeerOptions>? options = null,
        Action<WebApplicationBuilder>? configure = null,
        HttpProtocols protocols = HttpProtocols.Http1,
        bool tls = false)
    {
        var logs = new LogSink();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Debug).AddProvider(logs);
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = protocols;
            if (tls) listen.UseHttps(SelfSigned());
        }));
        builder.WebHost.UseTestTransport();
        builder.Services.AddPeers(options);
        configure?.Invoke(builder);

        var app = new TestApp(builder.Build(), logs, tls);
        map(app._app);
        await app._app.StartAsync();
        var addresses = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses;
        app.Port = new Uri(addresses.First()).Port;
        return app;
    }

    /// <summary>Opens a WebSocket.</summary>
    public Task<RawClient> ConnectAsync(string path, params (string Name, string? Value)[] headers) => RawClient.ConnectAsync(Port, path, _tls, headers);

    /// <summary>The only peer that is connected, once it is open: a client hears of the 101 before.</summary>
    public async Task<Peer> SinglePeerAsync()
    {
        await Logs.FindAsync(1);
        return Host.Peers.Single();
    }

    /// <summary>Sends one request and reads its answer.</summary>
    public async Task<RawAnswer> RequestAsync(string request)
    {
        await using var client = await RawClient.DialAsync(Port, _tls);
        return await client.RequestAsync(request);
    }

    public Task StopAsync() => _app.StopAsync();

    /// <summary>As the main method of an application: stops it as soon as <see cref="Lifetime"/> is asked to, as SIGTERM does.</summary>
    public Task WaitForShutdownAsync() => _app.WaitForShutdownAsync();

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    /// <summary>A certificate for localhost.</summary>
    public static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue.AddYears(-1));
    }
}
