using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests.Handshake;

/// <summary>What the upgrade hook sees, and what becomes of its answer.</summary>
public sealed class UpgradeHookTests
{
    [Fact]
    public async Task A_rejection_is_answered_with_its_status_headers_and_body_and_the_handler_is_disposed()
    {
        var doorman = new Doorman(_ => UpgradeResult.Reject(429, "later, please").WithHeader("Retry-After", "7").WithHeader("X-Why", "a").WithHeader("X-Why", "b"));
        await using var app = await StartAsync(doorman);
        var answer = await app.RequestAsync(RawClient.UpgradeRequest("/door"));

        Assert.Equal((429, "later, please"), (answer.Status, answer.Body));
        Assert.Equal(("7", "a, b"), (answer.Header("Retry-After"), answer.Header("X-Why")));
        Assert.Equal("text/plain; charset=utf-8", answer.Header("Content-Type"));
        Assert.Equal((1, 1), (doorman.Made, doorman.Disposed));
        Assert.Equal(0, app.Host.PeerCount);
    }

    [Fact]
    public async Task A_rejection_may_choose_the_type_of_its_body()
    {
        await using var app = await StartAsync(new(_ => UpgradeResult.Reject(403, "{}").WithHeader("Content-Type", "application/problem+json")));

        Assert.Equal("application/problem+json", (await app.RequestAsync(RawClient.UpgradeRequest("/door"))).Header("Content-Type"));
    }

    [Theory]
    [InlineData(302)]
    [InlineData(304)]
    [InlineData(503)]
    public async Task A_rejection_without_a_body_has_none(int status)
    {
        await using var app = await StartAsync(new(_ => UpgradeResult.Reject(status)));
        var answer = await app.RequestAsync(RawClient.UpgradeRequest("/door"));

        Assert.Equal((status, ""), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task Headers_of_an_acceptance_go_with_the_101_but_never_an_extension()
    {
        await using var app = await StartAsync(new(_ => UpgradeResult.Accept()
            .WithHeader("Set-Cookie", "a=1")));
        await using var client = await app.ConnectAsync("/door", ("Sec-WebSocket-Extensions", "permessage-deflate"));

        Assert.Equal("a=1", client.Handshake!.Header("Set-Cookie"));
        Assert.Null(client.Handshake.Header("Sec-WebSocket-Extensions"));
    }

    [Fact]
    public async Task The_chosen_subprotocol_is_answered_and_shown_by_the_peer()
    {
        await using var app = await StartAsync(new(request => UpgradeResult.Accept(request.Subprotocols[1])));
        await using var client = await app.ConnectAsync("/door", ("Sec-WebSocket-Protocol", "v1, v2,v3"));

        Assert.Equal("v2", client.Handshake!.Header("Sec-WebSocket-Protocol"));
        Assert.Equal("v2", (await app.SinglePeerAsync()).Subprotocol);
    }

    [Fact]
    public async Task Subprotocols_that_nobody_chose_are_not_answered_and_the_log_says_what_browsers_make_of_that()
    {
        await using var app = await TestApp.StartAsync(app => app.MapPeer<EchoHandler>());
        await using var client = await app.ConnectAsync("/echo", ("Sec-WebSocket-Protocol", "graphql-ws, chat"));

        Assert.Null(client.Handshake!.Header("Sec-WebSocket-Protocol"));
        Assert.StartsWith("A client offered 2 subprotocols to '/echo' and none was chosen", (await app.Logs.FindAsync(104)).Text, StringComparison.Ordinal);
        await client.SendAsync("works");
        Assert.Equal("works", await client.ReceiveTextAsync());
    }

    // A hook that chose what was offered made the server answer 500 and log an exception of its own for each request, without a limit.
    [Theory]
    [InlineData("ch\u0001at")]
    [InlineData("chät")]
    [InlineData("a b")]
    [InlineData("v1, \"v2\"")]
    [InlineData("a\tb")]
    [InlineData("v1,\u007F")]
    [InlineData("v1;q=1")]
    [InlineData("v1, {\"token\":1}")]
    [InlineData("v1\u001B[31m")]
    public async Task A_subprotocol_that_is_no_token_is_rejected_with_400_and_never_reaches_the_hook(string offered)
    {
        var doorman = new Doorman(request => UpgradeResult.Accept(request.Subprotocols[^1]));
        await using var app = await StartAsync(doorman);
        var answer = await app.RequestAsync(RawClient.UpgradeRequest("/door", ("Sec-WebSocket-Protocol", offered)));

        Assert.Equal(400, answer.Status);
        Assert.Equal(0, doorman.Made);
        Assert.DoesNotContain(app.Logs.Lines, line => line.Level >= LogLevel.Error);
    }

    [Theory]
    [InlineData("v9")]
    [InlineData("V1")]
    public async Task A_subprotocol_that_was_not_offered_answers_500_and_is_logged(string chosen)
    {
        var doorman = new Doorman(_ => UpgradeResult.Accept(chosen));
        await using var app = await StartAsync(doorman);
        var answer = await app.RequestAsync(RawClient.UpgradeRequest("/door", ("Sec-WebSocket-Protocol", "v1")));

        Assert.Equal(500, answer.Status);
        Assert.Contains("chose a subprotocol that the client did not offer", (await app.Logs.FindAsync(105)).Text, StringComparison.Ordinal);
        Assert.Equal((1, 1), (doorman.Made, doorman.Disposed));
    }

    [Fact]
    public async Task An_upgrade_hook_that_throws_answers_500_without_telling_why_and_is_logged()
    {
        var doorman = new Doorman(_ => throw new InvalidOperationException("secret"));
        await using var app = await StartAsync(doorman);
        var answer = await app.RequestAsync(RawClient.UpgradeRequest("/door"));

        Assert.Equal((500, "The server failed."), (answer.Status, answer.Body));
        var line = await app.Logs.FindAsync(107);
        Assert.Equal((LogLevel.Error, "secret"), (line.Level, line.Exception!.Message));
        Assert.Equal((1, 1), (doorman.Made, doorman.Disposed));
    }

    [Fact]
    public async Task An_upgrade_hook_that_throws_after_awaiting_answers_500()
    {
        await using var app = await StartAsync(new(_ => throw new InvalidOperationException("late")) { Await = true });

        Assert.Equal(500, (await app.RequestAsync(RawClient.UpgradeRequest("/door"))).Status);
        Assert.Equal("late", (await app.Logs.FindAsync(107)).Exception!.Message);
    }

    // "503 Switching Protocols" was the answer to a Content-Length, and the log blamed MaxConcurrentUpgradedConnections.
    [Theory]
    [InlineData("Content-Length", "5")]
    [InlineData("content-length", "0")]
    [InlineData("Transfer-Encoding", "chunked")]
    [InlineData("Connection", "close")]
    [InlineData("Upgrade", "h2c")]
    [InlineData("Keep-Alive", "timeout=5")]
    [InlineData("Trailer", "Expires")]
    [InlineData("Sec-WebSocket-Accept", "x")]
    [InlineData("Sec-WebSocket-Protocol", "v1")]
    [InlineData("sec-websocket-extensions", "permessage-deflate")]
    [InlineData("Sec-WebSocket-Version", "13")]
    public void A_header_that_the_server_writes_itself_is_refused_where_the_hook_sets_it(string name, string value)
    {
        var accepting = Assert.Throws<ArgumentException>(() => UpgradeResult.Accept().WithHeader(name, value));
        Assert.StartsWith($"An upgrade hook cannot set the header '{name}': the server writes it itself.", accepting.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => UpgradeResult.Reject().WithHeader(name, value));
    }

    [Theory]
    [InlineData("X Bad", "a")]
    [InlineData("X-Bad:", "a")]
    [InlineData("X-Bad\r\n", "a")]
    [InlineData(":status", "200")]
    [InlineData("X-B\u00E4d", "a")]
    [InlineData("X-Bad", "a\r\nSet-Cookie: b=1")]
    [InlineData("X-Bad", "a\0b")]
    [InlineData("X-Bad", "a\u007F")]
    public void A_header_that_is_malformed_is_refused_where_the_hook_sets_it(string name, string value) =>
        Assert.Throws<ArgumentException>(() => UpgradeResult.Accept().WithHeader(name, value));

    // The hook reaches the response by HttpContext, and so does middleware.
    [Theory]
    [InlineData("Content-Length", "5")]
    [InlineData("Transfer-Encoding", "chunked")]
    [InlineData("Sec-WebSocket-Accept", "wrong")]
    [InlineData("Connection", "close")]
    public async Task A_framing_header_that_was_set_on_the_response_itself_does_not_get_into_the_101(string name, string value)
    {
        await using var app = await StartAsync(new(request =>
        {
            request.Feature<HttpContext>()!.Response.Headers[name] = value;
            return UpgradeResult.Accept();
        }));
        await using var client = await app.ConnectAsync("/door");

        Assert.NotEqual(value, client.Handshake!.Header(name));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_header_that_http_cannot_carry_answers_500_and_is_logged(bool accept)
    {
        await using var app = await StartAsync(new(_ => (accept ? UpgradeResult.Accept() : UpgradeResult.Reject()).WithHeader("X-Bad", "a\nb")));

        Assert.Equal(500, (await app.RequestAsync(RawClient.UpgradeRequest("/door"))).Status);
        Assert.Contains("OnUpgrade of Door failed on '/door' (500)", (await app.Logs.FindAsync(107)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_constructor_that_throws_answers_500_and_is_logged()
    {
        await using var app = await TestApp.StartAsync(app => app.MapPeer<Unbuildable>());
        var answer = await app.RequestAsync(RawClient.UpgradeRequest("/unbuildable"));

        Assert.Equal((500, "The server failed."), (answer.Status, answer.Body));
        var line = await app.Logs.FindAsync(106);
        Assert.Equal("Unbuildable could not be created for a peer on '/unbuildable' (500).", line.Text);
        Assert.Equal("no luck", line.Exception!.Message);
    }

    // The scope refused to be disposed at once, and that was logged instead of what the constructor threw.
    [Fact]
    public async Task A_constructor_that_throws_beside_a_service_that_is_disposed_asynchronously_is_logged_with_what_it_threw()
    {
        var disposed = Patience.Signal();
        await using var app = await TestApp.StartAsync(app => app.MapPeer<Unlucky>(), configure: builder => builder.Services.AddSingleton(disposed).AddScoped<Slowly>());

        Assert.Equal(500, (await app.RequestAsync(RawClient.UpgradeRequest("/unlucky"))).Status);
        Assert.Equal("no luck", (await app.Logs.FindAsync(106)).Exception!.Message);
        await disposed.Soon();
    }

    [Fact]
    public async Task The_hook_sees_path_query_headers_route_address_and_the_request_itself()
    {
        var seen = "";
        await using var app = await StartAsync(new(request =>
        {
            var http = request.Feature<HttpContext>()!;
            seen = $"{request.Path} {request.Query("q")} {request.Query("none") ?? "-"} {request.Header("X-A")} {request.Header("none") ?? "-"} {request.Route("ROOM")} {request.Route("none") ?? "-"} {http.Request.Method}";
            Assert.Equal(IPAddress.Loopback, ((IPEndPoint)request.RemoteEndPoint!).Address);
            return UpgradeResult.Accept();
        }), "/door/{room}");
        await using var client = await app.ConnectAsync("/door/a%20b?q=1&q=2", ("X-A", "x"), ("X-A", "y"));

        Assert.Equal("/door/a b 1 - x,y - a b - GET", seen);
    }

    [Fact]
    public async Task What_the_peer_shows_later_was_copied_at_the_upgrade()
    {
        await using var app = await StartAsync(new(request =>
        {
            request.Context.Set("from the hook");
            return UpgradeResult.Accept();
        }), "/door/{room}", options => options.CapturedHeaders.Add("User-Agent"));
        await using var client = await app.ConnectAsync("/door/blue", ("User-Agent", "raw/1"), ("X-Other", "no"));
        var peer = await app.SinglePeerAsync();

        Assert.Equal(("blue", "from the hook", "raw/1"), (peer.Route("room"), peer.Context.Get<string>(), peer.Headers["user-agent"]));
        Assert.Single(peer.Headers);
        Assert.Equal(IPAddress.Loopback, ((IPEndPoint)peer.RemoteEndPoint!).Address);
    }

    private static Task<TestApp> StartAsync(Doorman doorman, string route = "/door", Action<PeerOptions>? options = null) =>
        TestApp.StartAsync(app => app.MapPeer<Door>(route), options, builder => builder.Services.AddSingleton(doorman));
}

/// <summary>Decides for <see cref="Door"/>, and counts.</summary>
public sealed class Doorman(Func<UpgradeRequest, UpgradeResult> decide)
{
    private int _made;
    private int _disposed;

    public bool Await { get; init; }

    public int Made => _made;

    public int Disposed => _disposed;

    public UpgradeResult Decide(UpgradeRequest request) => decide(request);

    public void CountMade() => Interlocked.Increment(ref _made);

    public void CountDisposed() => Interlocked.Increment(ref _disposed);
}

public sealed partial class Door : IDisposable
{
    private readonly Doorman _doorman;

    public Door(Doorman doorman)
    {
        _doorman = doorman;
        doorman.CountMade();
    }

    public void Dispose() => _doorman.CountDisposed();

    [OnUpgrade]
    private async ValueTask<UpgradeResult> Admit(UpgradeRequest request)
    {
        if (_doorman.Await) await Task.Yield();
        return _doorman.Decide(request);
    }
}

/// <summary>Can only be disposed asynchronously.</summary>
public sealed class Slowly(TaskCompletionSource disposed) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        await Task.Yield();
        disposed.SetResult();
    }
}

[PeerHandler("/unlucky")]
public sealed partial class Unlucky
{
    public Unlucky(Slowly slowly) => throw new InvalidOperationException($"no luck{(slowly is null ? " at all" : "")}");

    [OnOpen]
    private static void Opened(Peer peer) => peer.Send("never");
}

[PeerHandler("/unbuildable")]
public sealed partial class Unbuildable
{
    public Unbuildable() => throw new InvalidOperationException("no luck");

    [OnOpen]
    private static void Opened(Peer peer) => peer.Send("never");
}
