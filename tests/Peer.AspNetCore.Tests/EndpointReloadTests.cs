using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>What becomes of peers when the server replaces or removes one of its endpoints, as it does for a renewed certificate.</summary>
public sealed class EndpointReloadTests
{
    private readonly Diary _diary = new();
    private readonly IConfigurationRoot _kestrel = new ConfigurationBuilder().AddInMemoryCollection().Build();

    [Theory]
    [InlineData("https", true)]
    [InlineData("https", false)]
    [InlineData("http", true)]
    [InlineData("http", false)]
    public async Task Peers_of_an_endpoint_that_changes_are_closed_with_1012_and_others_stay(string scheme, bool isMoved)
    {
        // They used to be cut after five seconds, without a close frame; on event loops, those without TLS were not closed at all.
        await using var app = await StartAsync(scheme);
        await using var other = await app.ConnectAsync("/calc");
        await using var client = await RawClient.ConnectAsync(PortOf(app), "/calc", tls: scheme == "https");
        await app.Logs.FindAsync(1, ordinal: 2);
        Change(isMoved);

        Assert.Equal(1012, await client.ReceiveCloseAsync());
        Assert.Equal("closed 1012 by Local", await _diary.NextAsync());
        await other.SendAsync("""{"type":"add","left":1,"right":2}""");
        Assert.Contains("3", await other.ReceiveTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Peers_over_http2_are_closed_too()
    {
        await using var app = await StartAsync("https");
        using var http = Http2();
        await using var client = await RawClient.ConnectHttp2Async(http, PortOf(app), "/calc", tls: true);
        await app.SinglePeerAsync();
        Change(isMoved: false);

        Assert.Equal(1012, (await client.ReceiveAsync(RawOpcode.Close)).CloseCode);
        await client.SendCloseAsync(1012);
        Assert.Equal("closed 1012 by Local", await _diary.NextAsync());
    }

    private static HttpMessageInvoker Http2() => new(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate?.Subject == "CN=localhost" } });

    private Task<TestApp> StartAsync(string scheme)
    {
        _kestrel["Endpoints:Changing:Url"] = $"{scheme}://127.0.0.1:0";
        return TestApp.StartAsync(
            app => app.MapPeer<Calculator>(),
            configure: builder =>
            {
                builder.Services.AddSingleton(_diary);
                builder.WebHost.ConfigureKestrel(kestrel =>
                {
                    kestrel.ConfigureHttpsDefaults(https => https.ServerCertificate = TestApp.SelfSigned());
                    kestrel.Configure(_kestrel, reloadOnChange: true);
                });
            });
    }

    private void Change(bool isMoved)
    {
        if (isMoved) _kestrel["Endpoints:Changing:Url"] = "http://127.0.0.2:0";
        else _kestrel["Endpoints:Changing:Protocols"] = "Http1";
        _kestrel.Reload();
    }

    // The server lists the endpoint of the configuration beside that of the code.
    private static int PortOf(TestApp app) => app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses
        .Select(address => new Uri(address).Port).Single(port => port != app.Port);
}
