using System.Net;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Peers.Tests.Kit;

namespace Peers.Tests.Handshake;

/// <summary>RFC 8441: a WebSocket as a stream of an HTTP/2 connection, spoken by the client of the base library.</summary>
public sealed class HttpConnectTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_peer_over_http_2_is_answered_in_kind(bool tls)
    {
        await using var app = await StartAsync(tls);
        using var http = Invoker();
        using var client = await ConnectAsync(app, http, "/echo", tls);
        await SendAsync(client, "héllo");

        Assert.Equal("héllo", await ReceiveTextAsync(client));
        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", CancellationToken.None).Soon();
        Assert.Equal(WebSocketCloseStatus.NormalClosure, client.CloseStatus);
    }

    [Fact]
    public async Task A_long_message_in_both_directions_is_whole()
    {
        await using var app = await StartAsync(options: options => options.MaxMessageSize = options.MaxBufferedBytes = 4 << 20);
        using var http = Invoker();
        using var client = await ConnectAsync(app, http, "/echo");
        var text = string.Concat(Enumerable.Range(0, 200_000).Select(i => $"{i},"));
        await SendAsync(client, text);

        Assert.Equal(text, await ReceiveTextAsync(client));
    }

    [Fact]
    public async Task Several_sockets_share_one_connection_and_the_end_of_one_leaves_the_others()
    {
        await using var app = await StartAsync();
        using var http = Invoker();
        using var first = await ConnectAsync(app, http, "/echo");
        using var second = await ConnectAsync(app, http, "/echo");
        await app.Logs.FindAsync(1, ordinal: 2);

        Assert.Single(app.Host.Peers.Select(peer => peer.RemoteEndPoint).Distinct());
        first.Abort();
        await app.Logs.FindAsync(2);
        await SendAsync(second, "still here");
        Assert.Equal("still here", await ReceiveTextAsync(second));
    }

    [Fact]
    public async Task A_reset_stream_is_seen_by_the_close_hook_as_1006()
    {
        await using var app = await StartAsync();
        using var http = Invoker();
        using var client = await ConnectAsync(app, http, "/echo");
        client.Abort();

        Assert.Contains("closed: 1006 Abnormal by Remote", (await app.Logs.FindAsync(2)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Terminating_a_peer_resets_its_stream_and_no_other()
    {
        await using var app = await StartAsync();
        using var http = Invoker();
        using var first = await ConnectAsync(app, http, "/echo");
        var peer = await app.SinglePeerAsync();
        using var second = await ConnectAsync(app, http, "/echo");
        peer.Terminate();

        await Assert.ThrowsAsync<WebSocketException>(() => ReceiveTextAsync(first));
        await app.Logs.FindAsync(2);
        peer.Terminate();
        await SendAsync(second, "still here");
        Assert.Equal("still here", await ReceiveTextAsync(second));
    }

    [Fact]
    public async Task The_chosen_subprotocol_is_answered()
    {
        await using var app = await StartAsync(doorman: new(request => UpgradeResult.Accept(request.Subprotocols[0])));
        using var http = Invoker();
        using var client = await ConnectAsync(app, http, "/door", configure: options => options.AddSubProtocol("v2"));

        Assert.Equal("v2", client.SubProtocol);
    }

    [Fact]
    public async Task A_rejection_has_its_status()
    {
        await using var app = await StartAsync(doorman: new(_ => UpgradeResult.Reject(418, "teapot")));
        using var http = Invoker();
        using var client = new ClientWebSocket { Options = { HttpVersion = HttpVersion.Version20, HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact, CollectHttpResponseDetails = true } };

        await Assert.ThrowsAsync<WebSocketException>(() => client.ConnectAsync(new Uri($"ws://localhost:{app.Port}/door"), http, CancellationToken.None).Soon());
        Assert.Equal(418, (int)client.HttpStatusCode);
    }

    [Fact]
    public async Task A_plain_get_is_told_how_it_is_done()
    {
        await using var app = await StartAsync();
        using var http = new HttpClient { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var answer = await http.GetAsync(new Uri($"http://localhost:{app.Port}/echo"), TestContext.Current.CancellationToken).Soon();

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(":protocol", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_protocol_than_websocket_gets_501()
    {
        await using var app = await StartAsync();
        using var http = Invoker();
        using var request = new HttpRequestMessage(HttpMethod.Connect, new Uri($"http://localhost:{app.Port}/echo"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Headers = { Protocol = "connect-udp" },
        };
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken).Soon();

        Assert.Equal(HttpStatusCode.NotImplemented, answer.StatusCode);
    }

    [Fact]
    public async Task Shutdown_closes_peers_over_http_2_with_1012()
    {
        await using var app = await StartAsync();
        using var http = Invoker();
        using var client = await ConnectAsync(app, http, "/echo");
        var stopping = app.StopAsync();
        var result = await client.ReceiveAsync(new byte[100], CancellationToken.None).Soon();
        await client.CloseOutputAsync(result.CloseStatus!.Value, null, CancellationToken.None).Soon();

        Assert.Equal(1012, (int)result.CloseStatus.Value);
        await stopping.Soon();
    }

    private static Task<TestApp> StartAsync(bool tls = false, Action<PeerOptions>? options = null, Doorman? doorman = null) => TestApp.StartAsync(
        app =>
        {
            app.MapPeer<EchoHandler>();
            app.MapPeer<Door>("/door");
        },
        options,
        builder => builder.Services.AddSingleton(doorman ?? new(_ => UpgradeResult.Accept())),
        HttpProtocols.Http2,
        tls);

    private static HttpMessageInvoker Invoker() => new(new SocketsHttpHandler
    {
        SslOptions = { RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate?.Subject == "CN=localhost" },
    });

    private static async Task<ClientWebSocket> ConnectAsync(TestApp app, HttpMessageInvoker http, string path, bool tls = false, Action<ClientWebSocketOptions>? configure = null)
    {
        var client = new ClientWebSocket { Options = { HttpVersion = HttpVersion.Version20, HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact } };
        configure?.Invoke(client.Options);
        await client.ConnectAsync(new Uri($"{(tls ? "wss" : "ws")}://localhost:{app.Port}{path}"), http, CancellationToken.None).Soon();
        return client;
    }

    private static Task SendAsync(ClientWebSocket client, string text) =>
        client.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None).Soon();

    private static async Task<string> ReceiveTextAsync(ClientWebSocket client)
    {
        var whole = new List<byte>();
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var result = await client.ReceiveAsync(buffer, CancellationToken.None).Soon();
            whole.AddRange(buffer.AsSpan(0, result.Count));
            if (result.EndOfMessage) return Encoding.UTF8.GetString([.. whole]);
        }
    }
}
