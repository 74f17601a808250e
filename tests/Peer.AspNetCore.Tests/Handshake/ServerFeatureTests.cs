using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests.Handshake;

/// <summary>Servers that offer less than Kestrel does by itself, and middleware and limits that must not get in the way.</summary>
public sealed class ServerFeatureTests
{
    [Fact]
    public async Task A_server_without_upgrades_answers_500_and_the_log_says_what_it_lacks()
    {
        await using var app = await StartAsync(web => web.Use((http, next) =>
        {
            http.Features.Set<IHttpUpgradeFeature>(new NoUpgrade());
            return next(http);
        }));
        var answer = await app.RequestAsync(RawClient.UpgradeRequest("/echo"));

        Assert.Equal((500, "This server offers no byte stream after an upgrade."), (answer.Status, answer.Body));
        Assert.StartsWith("'/echo' cannot serve peers (500): this server offers no byte stream after an upgrade.", (await app.Logs.FindAsync(108)).Text, StringComparison.Ordinal);
    }

    // The client of TestServer got "Incomplete handshake, status code: 500".
    [Fact]
    public async Task On_TestServer_the_exception_names_what_to_use_instead()
    {
        var thrown = Patience.Signal<Exception>();
        await using var app = await StartAsync(web => web.Use(async (http, next) =>
        {
            http.Features.Set<IHttpUpgradeFeature>(new NoUpgrade());
            http.Features.Set<IHttpWebSocketFeature>(new Messages());
            try
            {
                await next(http);
            }
            catch (InvalidOperationException exception)
            {
                thrown.SetResult(exception);
            }
        }));
        await app.RequestAsync(RawClient.UpgradeRequest("/echo"));

        Assert.Equal(
            "'/echo' cannot serve peers on TestServer, which offers no byte stream after an upgrade. Test hooks with Peer.Testing; test middleware and " +
            "authentication with Kestrel on port 0, such as UseKestrel(0) of WebApplicationFactory.",
            (await thrown.Soon()).Message);
        await app.Logs.FindAsync(108);
    }

    [Fact]
    public async Task A_server_without_pipes_serves_peers_by_the_stream_of_its_upgrade()
    {
        await using var app = await StartAsync(web => web.Use((http, next) =>
        {
            http.Features.Set<IConnectionTransportFeature>(new NoPipes());
            return next(http);
        }));
        await using var client = await RawClient.DialAsync(app.Port);
        await client.SendRawAsync((byte[])[.. System.Text.Encoding.ASCII.GetBytes(RawClient.UpgradeRequest("/echo")), .. RawFrame.Write("one")]);

        Assert.Equal(101, (await client.ReceiveAnswerAsync()).Status);
        Assert.Equal("one", await client.ReceiveTextAsync());
        await client.SendFrameAsync(RawOpcode.Binary, new byte[50_000]);
        Assert.Equal(50_000, (await client.ReceiveAsync(RawOpcode.Binary)).Payload.Length);
        Assert.Equal(1000, await client.CloseAsync());
    }

    [Fact]
    public async Task Peers_work_beside_UseWebSockets()
    {
        await using var app = await StartAsync(web => web.UseWebSockets());
        await using var client = await app.ConnectAsync("/echo");
        await client.SendAsync("hi");

        Assert.Equal("hi", await client.ReceiveTextAsync());
    }

    [Fact]
    public async Task A_request_timeout_ends_with_the_handshake()
    {
        await using var app = await StartAsync(
            web => web.UseRequestTimeouts(),
            options => options.KeepAliveInterval = TimeSpan.FromMilliseconds(400),
            services => services.AddRequestTimeouts(timeouts => timeouts.DefaultPolicy = new() { Timeout = TimeSpan.FromMilliseconds(100) }));
        await using var client = await app.ConnectAsync("/echo");

        // The ping comes after the request would have timed out.
        await client.ReceiveAsync(RawOpcode.Ping);
        await client.SendAsync("still here");
        Assert.Equal("still here", await client.ReceiveTextAsync());
    }

    [Fact]
    public async Task The_servers_limits_for_bodies_do_not_end_a_silent_or_long_stream()
    {
        var diary = new Diary();
        await using var app = await TestApp.StartAsync(
            web => web.MapPeer<PongTeller>(),
            options => (options.KeepAliveInterval, options.MaxMessageSize) = (TimeSpan.FromSeconds(3), 1 << 20),
            builder =>
            {
                builder.Services.AddSingleton(diary);
                builder.Services.Configure<KestrelServerOptions>(kestrel =>
                {
                    kestrel.Limits.MinRequestBodyDataRate = new(bytesPerSecond: 1_000_000, gracePeriod: TimeSpan.FromSeconds(1.1));
                    kestrel.Limits.MaxRequestBodySize = 10_000;
                });
            },
            HttpProtocols.Http2);
        using var http = new HttpMessageInvoker(new SocketsHttpHandler());
        using var client = new ClientWebSocket { Options = { HttpVersion = HttpVersion.Version20, HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact } };
        await client.ConnectAsync(new Uri($"ws://localhost:{app.Port}/pongs"), http, CancellationToken.None).Soon();
        await client.SendAsync(new byte[100_000], WebSocketMessageType.Binary, endOfMessage: true, CancellationToken.None).Soon();
        Assert.Equal("100000 bytes", await diary.NextAsync());
        var receiving = client.ReceiveAsync(new byte[100], CancellationToken.None);

        // The ping that this answers comes after three seconds of silence.
        Assert.Equal("pong", await diary.NextAsync());
        Assert.False(receiving.IsCompleted);
    }

    private static Task<TestApp> StartAsync(Action<WebApplication> use, Action<PeerOptions>? options = null, Action<IServiceCollection>? services = null) => TestApp.StartAsync(
        web =>
        {
            use(web);
            web.MapPeer<EchoHandler>();
        },
        options,
        builder => services?.Invoke(builder.Services));

    private sealed class NoUpgrade : IHttpUpgradeFeature
    {
        public bool IsUpgradableRequest => false;

        public Task<Stream> UpgradeAsync() => throw new NotSupportedException();
    }

    private sealed class Messages : IHttpWebSocketFeature
    {
        public bool IsWebSocketRequest => true;

        public Task<WebSocket> AcceptAsync(Microsoft.AspNetCore.Http.WebSocketAcceptContext context) => throw new NotSupportedException();
    }

    private sealed class NoPipes : IConnectionTransportFeature
    {
        public System.IO.Pipelines.IDuplexPipe Transport { get; set; } = null!;
    }
}

/// <summary>Tells of binary messages and pongs.</summary>
[PeerHandler("/pongs")]
public sealed partial class PongTeller(Diary diary)
{
    [OnMessage]
    private void Heard(ReadOnlyMemory<byte> data) => diary.Write($"{data.Length} bytes");

    [OnPong]
    private void Answered() => diary.Write("pong");
}
