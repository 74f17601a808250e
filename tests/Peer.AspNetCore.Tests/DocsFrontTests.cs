using System.Net;
using System.Net.WebSockets;
using System.Security.Claims;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>How the docs test what stands in front of a peer.</summary>
public sealed class DocsFrontTests
{
    [Fact]
    public async Task Only_a_client_that_has_logged_in_reaches_the_peer()
    {
        await using var app = await StartAsync();
        var address = new UriBuilder(app.Urls.Single()) { Scheme = "ws", Path = "/echo" }.Uri;

        using var stranger = new ClientWebSocket { Options = { CollectHttpResponseDetails = true } };
        await Assert.ThrowsAsync<WebSocketException>(() => stranger.ConnectAsync(address, default));
        Assert.Equal(HttpStatusCode.Unauthorized, stranger.HttpStatusCode);

        var cookies = new CookieContainer();
        using var http = new HttpClient(new HttpClientHandler { CookieContainer = cookies });
        using var login = await http.PostAsync(new Uri($"{app.Urls.Single()}/login"), content: null);
        using var ada = new ClientWebSocket { Options = { Cookies = cookies } };
        await ada.ConnectAsync(address, default);
        await ada.SendAsync(Encoding.UTF8.GetBytes("hello"), WebSocketMessageType.Text, endOfMessage: true, default);

        var buffer = new byte[100];
        var answer = await ada.ReceiveAsync(buffer, default);
        Assert.Equal("hello", Encoding.UTF8.GetString(buffer, 0, answer.Count));
    }

    private static async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddPeers();
        builder.Services.AddAuthentication("cookie").AddCookie("cookie");
        builder.Services.AddAuthorization();

        var app = builder.Build();
        app.MapPost("/login", (HttpContext http) => http.SignInAsync(new(new ClaimsIdentity([new(ClaimTypes.Name, "ada")], "cookie"))));
        app.MapPeer<EchoHandler>("/echo").RequireAuthorization();
        await app.StartAsync();
        return app;
    }
}
