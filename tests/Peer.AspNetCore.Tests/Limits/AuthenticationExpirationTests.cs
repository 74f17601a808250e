using System.Globalization;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests.Limits;

/// <summary>Tickets that expire while their peers are connected. The clock is the test's.</summary>
public sealed class AuthenticationExpirationTests
{
    private static readonly TimeSpan s_beat = TimeSpan.FromMilliseconds(200);

    private readonly FakeTimeProvider _time = new();

    [Fact]
    [Trait("option", "CloseOnAuthenticationExpiration")]
    public async Task A_peer_is_closed_with_1008_when_the_ticket_that_it_came_with_expires()
    {
        await using var app = await StartAsync(options => options.CloseOnAuthenticationExpiration = true);
        await using var client = await app.ConnectAsync("/echo", ("X-Seconds", "60"));
        await app.SinglePeerAsync();
        _time.Advance(TimeSpan.FromSeconds(60) - s_beat);
        await client.SendAsync("still here");
        Assert.Equal("still here", await client.ReceiveTextAsync());

        _time.Advance(s_beat);
        var close = await client.ReceiveAsync(RawOpcode.Close);
        Assert.Equal((1008, "authentication expired"), (close.CloseCode, close.CloseReason));
        Assert.Contains("as PeerOptions.CloseOnAuthenticationExpiration asks for", (await app.Logs.FindAsync(25)).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "60")]
    [InlineData(true, "never")]
    public async Task A_peer_stays_where_nobody_asked_for_that_or_its_ticket_does_not_expire(bool isAskedFor, string seconds)
    {
        await using var app = await StartAsync(options => options.CloseOnAuthenticationExpiration = isAskedFor);
        await using var client = await app.ConnectAsync("/echo", ("X-Seconds", seconds));
        await app.SinglePeerAsync();
        _time.Advance(TimeSpan.FromMinutes(10));
        await client.SendAsync("still here");

        Assert.Equal("still here", await client.ReceiveTextAsync());
    }

    [Fact]
    public async Task An_upgrade_hook_that_checks_a_token_by_itself_says_when_that_expires()
    {
        await using var app = await TestApp.StartAsync(
            app => app.MapPeer<TokenDoor>(),
            options => (options.CloseOnAuthenticationExpiration, options.KeepAliveInterval) = (true, Timeout.InfiniteTimeSpan),
            builder => builder.Services.AddSingleton<TimeProvider>(_time));
        await using var client = await app.ConnectAsync("/token");
        await app.SinglePeerAsync();
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(1008, await client.ReceiveCloseAsync());
    }

    private Task<TestApp> StartAsync(Action<PeerOptions> configure) => TestApp.StartAsync(
        app => app.MapPeer<EchoHandler>().RequireAuthorization(),
        options =>
        {
            options.KeepAliveInterval = Timeout.InfiniteTimeSpan;
            configure(options);
        },
        builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(_time);
            builder.Services.AddAuthentication("ticket").AddScheme<AuthenticationSchemeOptions, Tickets>("ticket", configureOptions: null);
            builder.Services.AddAuthorization();
        });

    private sealed class Tickets(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            var properties = new AuthenticationProperties();
            if (int.TryParse(Request.Headers["X-Seconds"], CultureInfo.InvariantCulture, out var seconds)) properties.ExpiresUtc = TimeProvider.GetUtcNow().AddSeconds(seconds);
            var user = new ClaimsPrincipal(new ClaimsIdentity([new(ClaimTypes.Name, "ada")], Scheme.Name));
            return Task.FromResult(AuthenticateResult.Success(new(user, properties, Scheme.Name)));
        }
    }
}

[PeerHandler("/token")]
public sealed partial class TokenDoor(TimeProvider time)
{
    [OnUpgrade]
    private UpgradeResult Admit(UpgradeRequest request)
    {
        request.AuthenticationExpires = time.GetUtcNow().AddSeconds(5);
        return UpgradeResult.Accept();
    }

    [OnMessage]
    private static void Text(Peer peer, string text) => peer.Send(text);
}
