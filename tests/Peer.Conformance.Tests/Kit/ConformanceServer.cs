using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Peers.TestKit;

namespace Peers.Tests.Kit;

/// <summary>The echo handler on Kestrel behind every <see cref="Link"/>, one server for the tests of a class.</summary>
public class ConformanceServer : IAsyncLifetime
{
    private readonly WebApplication _app;
    private readonly LogSink _logs = new();
    private readonly HttpMessageInvoker _http = Links.CreateHttp();
    private readonly Dictionary<Link, int> _ports = [];

    /// <summary>With the default limits.</summary>
    public ConformanceServer()
        : this(static _ => { })
    {
    }

    /// <summary>With other limits.</summary>
    protected ConformanceServer(Action<PeerOptions> options)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Debug).AddProvider(_logs);
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            foreach (var link in Links.All) kestrel.Listen(IPAddress.Loopback, 0, listen => Configure(listen, link));
        });
        builder.WebHost.UseTestTransport();
        builder.Services.AddPeers(options);
        _app = builder.Build();
        _app.MapPeer<Echo>();
    }

    /// <summary>The peers.</summary>
    public PeerHost Host => _app.Services.GetRequiredService<PeerHost>();

    /// <summary>The port of a link.</summary>
    public int PortOf(Link link) => _ports[link];

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        await _app.StartAsync();

        // Listed in the order in which they were asked for.
        var addresses = _app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses;
        foreach (var (link, address) in Links.All.Zip(addresses)) _ports[link] = new Uri(address).Port;
    }

    /// <summary>Opens a WebSocket; over HTTP/2 as one more stream of the same connection.</summary>
    public Task<RawClient> ConnectAsync(Link link, params (string Name, string? Value)[] headers) => link.ConnectAsync(_http, PortOf(link), "/", headers);

    /// <summary>Returns when no more than so many peers are connected. Each that has left is logged.</summary>
    public Task OnlyRemainsAsync(int count) => _logs.UntilAsync(() => Host.PeerCount <= count);

    /// <summary>Returns when the server has stopped reading from the only peer that is connected.</summary>
    public Task ReadingStoppedAsync() => _logs.UntilAsync(() => Host.Peers.SingleOrDefault() is { } peer && _logs.Lines.Any(line => line.EventId == 27 && line.Text.Contains($"{peer}", StringComparison.Ordinal)));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _http.Dispose();
        await _app.DisposeAsync();
    }

    private static void Configure(ListenOptions listen, Link link)
    {
        listen.Protocols = link.Protocols();
        if (link.IsEncrypted()) listen.UseHttps(TestApp.SelfSigned());
    }
}

/// <summary>With the limits raised for long messages, as for the groups 9 and 10.</summary>
public sealed class RaisedServer() : ConformanceServer(static options =>
{
    options.MaxMessageSize = 16 << 20;
    options.MaxFragments = 70_000;
    options.MaxBufferedBytes = 64 << 20;
});

/// <summary>That does not wait long for the answer to a close frame.</summary>
public sealed class ImpatientServer() : ConformanceServer(static options => options.CloseTimeout = TimeSpan.FromMilliseconds(500));
