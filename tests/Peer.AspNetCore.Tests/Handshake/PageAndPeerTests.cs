using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests.Handshake;

/// <summary>A page and a peer at one path: the handshake is the peer's, everything else the page's.</summary>
public sealed class PageAndPeerTests : IDisposable
{
    private readonly DirectoryInfo _files = Directory.CreateTempSubdirectory("peer-pages");

    public PageAndPeerTests() => File.WriteAllText(Path.Combine(_files.FullName, "index.html"), "the file");

    public void Dispose() => _files.Delete(recursive: true);

    // Each page shadowed the peer or was shadowed by it; where neither was more specific, the request failed as ambiguous.
    [Theory]
    [InlineData("get", "/s")]
    [InlineData("any", "/s")]
    [InlineData("parameter", "/s")]
    [InlineData("fallback", "/s")]
    [InlineData("files", "/")]
    [InlineData("default files", "/")]
    public async Task Both_are_served(string page, string path)
    {
        await using var app = await TestApp.StartAsync(web =>
        {
            MapPage(web, page);
            web.MapPeer<EchoHandler>(path);
        });

        await using var client = await app.ConnectAsync(path);
        await client.SendAsync("hello");
        Assert.Equal("hello", await client.ReceiveTextAsync());
        var answer = await app.RequestAsync(Get(path));
        Assert.Equal((200, page.Contains("files", StringComparison.Ordinal) ? "the file" : "the page"), (answer.Status, answer.Body));
    }

    [Theory]
    [InlineData("get")]
    [InlineData("any")]
    public async Task The_order_of_mapping_does_not_matter(string page)
    {
        await using var app = await TestApp.StartAsync(web =>
        {
            web.MapPeer<EchoHandler>("/s");
            MapPage(web, page);
        });

        Assert.Equal(101, (await app.RequestAsync(RawClient.UpgradeRequest("/s"))).Status);
        Assert.Equal("the page", (await app.RequestAsync(Get("/s"))).Body);
    }

    [Fact]
    public async Task The_conventions_of_the_peer_do_not_hold_for_the_page()
    {
        await using var app = await TestApp.StartAsync(
            web =>
            {
                web.MapGet("/s", () => TypedResults.Text("the page"));
                web.MapPeer<EchoHandler>("/s").RequireAuthorization();
                web.UseFileServer(new FileServerOptions { FileProvider = new PhysicalFileProvider(_files.FullName) });
                web.MapPeer<EchoHandler>("/").RequireAuthorization();
            },
            configure: builder =>
            {
                builder.Services.AddAuthentication("cookie").AddCookie("cookie");
                builder.Services.AddAuthorization();
            });

        Assert.Equal("the page", (await app.RequestAsync(Get("/s"))).Body);
        Assert.Equal("the file", (await app.RequestAsync(Get("/"))).Body);
        Assert.Equal(401, (await app.RequestAsync(RawClient.UpgradeRequest("/s"))).Status);
        Assert.Equal(401, (await app.RequestAsync(RawClient.UpgradeRequest("/"))).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("files")]
    [InlineData("status pages")]
    [InlineData("branch")]
    [InlineData("branch by condition")]
    [InlineData("post")]
    public async Task Where_nothing_else_answers_a_plain_request_gets_426(string beside)
    {
        await using var app = await TestApp.StartAsync(web =>
        {
            if (beside == "files") MapPage(web, "files");
            if (beside == "status pages") web.UseStatusCodePages();
            if (beside == "post") web.MapPost("/socket", () => TypedResults.Text("posted"));
            if (beside == "branch") web.Map("/socket", branch => branch.UseRouting().UseEndpoints(routes => routes.MapPeer<EchoHandler>("/")));
            else if (beside == "branch by condition") web.MapWhen(_ => true, branch => branch.UseRouting().UseEndpoints(routes => routes.MapPeer<EchoHandler>("/socket")));
            else web.MapPeer<EchoHandler>("/socket");
        });
        var answer = await app.RequestAsync(Get("/socket"));

        Assert.Equal((426, "websocket"), (answer.Status, answer.Header("Upgrade")));
        Assert.Equal(101, (await app.RequestAsync(RawClient.UpgradeRequest("/socket"))).Status);
        Assert.Equal(404, (await app.RequestAsync(Get("/elsewhere"))).Status);
    }

    // An endpoint that serves WebSockets by itself, such as a hub, keeps them.
    [Fact]
    public async Task A_more_specific_endpoint_keeps_its_handshakes()
    {
        await using var app = await TestApp.StartAsync(web =>
        {
            web.Map("/hub", () => TypedResults.Text("the hub"));
            web.MapPeer<EchoHandler>("/{*path}");
        });

        Assert.Equal("the hub", (await app.RequestAsync(RawClient.UpgradeRequest("/hub"))).Body);
        Assert.Equal(101, (await app.RequestAsync(RawClient.UpgradeRequest("/other"))).Status);
    }

    [Fact]
    public async Task A_malformed_handshake_is_still_answered_by_the_peer()
    {
        await using var app = await TestApp.StartAsync(web =>
        {
            web.MapGet("/s", () => TypedResults.Text("the page"));
            web.MapPeer<EchoHandler>("/s");
        });

        Assert.Equal(426, (await app.RequestAsync(RawClient.UpgradeRequest("/s", ("Sec-WebSocket-Version", "12")))).Status);
        Assert.Equal(400, (await app.RequestAsync(RawClient.UpgradeRequest("/s", ("Sec-WebSocket-Key", "short")))).Status);
    }

    [Theory]
    [InlineData("get", "/s")]
    [InlineData("any", "/s")]
    [InlineData("files", "/")]
    public async Task Both_are_served_over_http_2(string page, string path)
    {
        await using var app = await TestApp.StartAsync(
            web =>
            {
                MapPage(web, page);
                web.MapPeer<EchoHandler>(path);
            },
            protocols: HttpProtocols.Http2);
        using var http = new HttpClient { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var client = new ClientWebSocket { Options = { HttpVersion = HttpVersion.Version20, HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact } };
        await client.ConnectAsync(new Uri($"ws://localhost:{app.Port}{path}"), http, TestContext.Current.CancellationToken).Soon();

        Assert.Equal(page == "files" ? "the file" : "the page", await http.GetStringAsync(new Uri($"http://localhost:{app.Port}{path}"), TestContext.Current.CancellationToken).Soon());
    }

    private static string Get(string path) => $"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n";

    private void MapPage(WebApplication web, string page)
    {
        var files = new PhysicalFileProvider(_files.FullName);
        switch (page)
        {
            case "get":
                web.MapGet("/s", () => TypedResults.Text("the page"));
                break;
            case "any":
                web.Map("/s", () => TypedResults.Text("the page"));
                break;
            case "parameter":
                web.MapGet("/{page}", () => TypedResults.Text("the page"));
                break;
            case "fallback":
                web.MapFallback(() => TypedResults.Text("the page"));
                break;
            case "files":
                web.UseFileServer(new FileServerOptions { FileProvider = files });
                break;
            default:
                web.UseRouting();
                web.UseDefaultFiles(new DefaultFilesOptions { FileProvider = files });
                web.UseStaticFiles(new StaticFileOptions { FileProvider = files });
                break;
        }
    }
}
