using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests.Handshake;

/// <summary>Cookie authentication in front of a peer.</summary>
public sealed class CookieTests
{
    // The answer was 302 to the page for logging in, which a client of WebSockets cannot show.
    [Fact]
    public async Task A_handshake_without_a_cookie_gets_401_and_not_a_redirect()
    {
        await using var app = await StartAsync();

        Assert.Equal(401, (await app.RequestAsync(RawClient.UpgradeRequest("/echo"))).Status);
    }

    [Fact]
    public async Task A_handshake_of_a_user_who_may_not_connect_gets_403_and_not_a_redirect()
    {
        await using var app = await StartAsync();
        var cookie = (await app.RequestAsync("GET /login HTTP/1.1\r\nHost: localhost\r\n\r\n")).Header("Set-Cookie")!.Split(';')[0];

        Assert.Equal(403, (await app.RequestAsync(RawClient.UpgradeRequest("/admin", ("Cookie", cookie)))).Status);
        Assert.Equal(101, (await app.RequestAsync(RawClient.UpgradeRequest("/echo", ("Cookie", cookie)))).Status);
    }

    [Fact]
    public async Task An_endpoint_may_ask_for_the_redirect()
    {
        await using var app = await StartAsync(peer => peer.AllowCookieRedirect());

        Assert.Equal(302, (await app.RequestAsync(RawClient.UpgradeRequest("/echo"))).Status);
    }

    private static Task<TestApp> StartAsync(Action<PeerEndpointConventionBuilder>? configure = null) => TestApp.StartAsync(
        app =>
        {
            app.MapGet("/login", (HttpContext http) => http.SignInAsync(new(new System.Security.Claims.ClaimsIdentity("cookie"))));
            var echo = app.MapPeer<EchoHandler>().RequireAuthorization();
            configure?.Invoke(echo);
            app.MapPeer<EchoHandler>("/admin").RequireAuthorization(policy => policy.RequireRole("admin"));
        },
        configure: builder =>
        {
            builder.Services.AddAuthentication("cookie").AddCookie("cookie");
            builder.Services.AddAuthorization();
        });
}
