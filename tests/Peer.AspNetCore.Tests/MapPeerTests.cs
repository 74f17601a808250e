using System.Security.Claims;
using System.Text.Encodings.Web;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>Services, endpoints, their metadata and their options.</summary>
public sealed class MapPeerTests
{
    [Fact]
    public async Task A_handler_without_a_route_cannot_be_mapped_without_one()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => TestApp.StartAsync(app => app.MapPeer<Nameless>()));

        Assert.Equal("'Nameless' names no route. Write [PeerHandler(\"/route\")] on it, or MapPeer<Nameless>(\"/route\").", failure.Message);
    }

    [Fact]
    public void Mapping_without_AddPeers_says_what_to_call()
    {
        var app = WebApplication.CreateSlimBuilder().Build();

        var failure = Assert.Throws<InvalidOperationException>(() => app.MapPeer<EchoHandler>());
        Assert.Equal("MapPeer needs services that are not there. Call builder.Services.AddPeers() before the application is built.", failure.Message);
    }

    [Fact]
    public async Task A_pattern_given_to_MapPeer_wins_over_that_of_the_handler_and_a_group_adds_its_prefix()
    {
        await using var app = await TestApp.StartAsync(app => app.MapGroup("/v1").MapPeer<EchoHandler>("/say"));
        await using var client = await app.ConnectAsync("/v1/say");

        Assert.Equal(404, (await app.RequestAsync(RawClient.UpgradeRequest("/echo"))).Status);
        var endpoint = Assert.Single(app.Services.GetRequiredService<EndpointDataSource>().Endpoints);
        Assert.Equal("Peer EchoHandler (/v1/say)", endpoint.DisplayName);
    }

    [Fact]
    public async Task A_pattern_that_lacks_a_route_value_of_the_handler_fails_the_start()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => TestApp.StartAsync(app => app.MapPeer<Greeter>("/greet/{nam}")));

        Assert.Equal("'Greeter' takes the route value 'name', which '/greet/{nam}' lacks. Map it to a pattern with '{name}'.", failure.Message);
    }

    [Fact]
    public async Task A_hook_takes_route_values_also_those_of_a_groups_prefix()
    {
        await using var app = await TestApp.StartAsync(app => app.MapGroup("/greet/{name}").MapPeer<Greeter>("/now"));
        await using var client = await app.ConnectAsync("/greet/J%C3%BCrgen/now");

        Assert.Equal("Hello, Jürgen", await client.ReceiveTextAsync());
    }

    [Fact]
    public async Task AddPeers_may_be_called_more_than_once_and_the_options_add_up()
    {
        await using var app = await TestApp.StartAsync(
            app => app.MapPeer<EchoHandler>(),
            options => options.MaxMessageSize = 10,
            builder => builder.Services.AddPeers(options => options.MaxPeers = 1).Services.AddPeers());
        await using var client = await app.ConnectAsync("/echo");

        Assert.Equal(503, (await app.RequestAsync(RawClient.UpgradeRequest("/echo"))).Status);
        await client.SendAsync("12345678901");
        Assert.Equal(1009, await client.ReceiveCloseAsync());
    }

    [Theory]
    [InlineData(null, 401)]
    [InlineData("guest", 403)]
    [InlineData("admin", 101)]
    public async Task Authorize_on_the_class_is_enforced_before_the_handshake(string? role, int status)
    {
        await using var app = await TestApp.StartAsync(app => app.MapPeer<AdminHandler>(), configure: WithRoles);
        var answer = await app.RequestAsync(RawClient.UpgradeRequest("/admin", ("X-Role", role)));

        Assert.Equal(status, answer.Status);
    }

    [Fact]
    public async Task The_authenticated_user_is_the_peers()
    {
        await using var app = await TestApp.StartAsync(app => app.MapPeer<AdminHandler>(), configure: WithRoles);
        await using var client = await app.ConnectAsync("/admin", ("X-Role", "admin"));

        Assert.Equal("somebody", await client.ReceiveTextAsync());
    }

    [Theory]
    [InlineData(null, 401)]
    [InlineData("guest", 101)]
    public async Task RequireAuthorization_works_as_on_any_endpoint(string? role, int status)
    {
        await using var app = await TestApp.StartAsync(app => app.MapPeer<EchoHandler>().RequireAuthorization(), configure: WithRoles);

        Assert.Equal(status, (await app.RequestAsync(RawClient.UpgradeRequest("/echo", ("X-Role", role)))).Status);
    }

    [Fact]
    [Trait("Transport", "pipes")]
    public async Task RequireRateLimiting_works_as_on_any_endpoint()
    {
        await using var app = await TestApp.StartAsync(
            app =>
            {
                app.UseRateLimiter();
                app.MapPeer<EchoHandler>().RequireRateLimiting("one");
            },
            configure: builder => builder.Services.AddRateLimiter(limiter =>
            {
                limiter.RejectionStatusCode = 429;
                limiter.AddPolicy("one", _ => RateLimitPartition.GetConcurrencyLimiter("all", _ => new() { PermitLimit = 1 }));
            }));
        await using var client = await app.ConnectAsync("/echo");

        Assert.Equal(429, (await app.RequestAsync(RawClient.UpgradeRequest("/echo"))).Status);
    }

    [Theory]
    [InlineData("peers.example", 101)]
    [InlineData("other.example", 404)]
    public async Task RequireHost_works_as_on_any_endpoint(string host, int status)
    {
        await using var app = await TestApp.StartAsync(app => app.MapPeer<EchoHandler>().RequireHost("peers.example"));

        Assert.Equal(status, (await app.RequestAsync(RawClient.UpgradeRequest("/echo", ("Host", host)))).Status);
    }

    [Fact]
    public async Task WithOptions_holds_for_its_endpoint_alone()
    {
        await using var app = await TestApp.StartAsync(app =>
        {
            app.MapPeer<EchoHandler>("/small").WithOptions(options => options.MaxMessageSize = 4);
            app.MapPeer<EchoHandler>("/large");
        });
        await using var small = await app.ConnectAsync("/small");
        await using var large = await app.ConnectAsync("/large");
        await small.SendAsync("12345");
        await large.SendAsync("12345");

        Assert.Equal(1009, await small.ReceiveCloseAsync());
        Assert.Equal("12345", await large.ReceiveTextAsync());
    }

    [Fact]
    public async Task Options_that_cannot_work_fail_the_start_and_name_the_option()
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => TestApp.StartAsync(_ => { }, options => options.MaxMessageSize = 0));

        Assert.Contains("PeerOptions.MaxMessageSize must be from 1 to 1073741824.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_of_an_endpoint_that_cannot_work_fail_the_start_and_name_the_endpoint()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            TestApp.StartAsync(app => app.MapPeer<EchoHandler>().WithOptions(options => options.MaxPeers = 0)));

        Assert.StartsWith("The options of the peer endpoint '/echo' cannot work: PeerOptions.MaxPeers must be at least 1.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Options_come_from_configuration_and_follow_it()
    {
        var settings = new Dictionary<string, string?>
        {
            ["Peers:MaxMessageSize"] = "4",
            ["Peers:KeepAliveInterval"] = "00:00:05",
            ["Peers:SlowPeerPolicy"] = "DropOldest",
            ["Peers:AllowedOrigins:0"] = "https://app.example.com",
        };
        await using var app = await TestApp.StartAsync(app => app.MapPeer<EchoHandler>(), configure: builder =>
        {
            builder.Configuration.AddInMemoryCollection(settings);
            builder.Services.AddPeers(builder.Configuration.GetSection("Peers"));
        });
        var options = app.Services.GetRequiredService<IOptions<PeerOptions>>().Value;
        Assert.Equal((4, TimeSpan.FromSeconds(5), SlowPeerPolicy.DropOldest), (options.MaxMessageSize, options.KeepAliveInterval, options.SlowPeerPolicy));
        await using var before = await app.ConnectAsync("/echo", ("Origin", "https://app.example.com"));

        Reload(app, "100");
        await using var after = await app.ConnectAsync("/echo");
        await after.SendAsync("12345");
        await before.SendAsync("12345");
        Assert.Equal("12345", await after.ReceiveTextAsync());
        Assert.Equal(1009, await before.ReceiveCloseAsync());

        Reload(app, "0");
        Assert.Contains("MaxMessageSize must be from 1", (await app.Logs.FindAsync(109)).Exception!.Message, StringComparison.Ordinal);
        await after.SendAsync("12345");
        Assert.Equal("12345", await after.ReceiveTextAsync());
    }

    // It was ignored, and the default stayed in force.
    [Theory]
    [InlineData("Peers:MaxMesageSize", "Peers:MaxMesageSize is no option: PeerOptions has no 'MaxMesageSize'. It has MaxMessageSize, ")]
    [InlineData("Peers:MessageRate:Limits", "Peers:MessageRate:Limits is no option: MessageRate has no 'Limits'. It has Limit, Period, Burst.")]
    [InlineData("Peers:Compression:Enable", "Peers:Compression:Enable is no option: Compression has no 'Enable'. It has Enabled, ")]
    public async Task A_key_of_the_section_that_is_no_option_fails_the_start_and_is_named(string key, string named)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => TestApp.StartAsync(app => app.MapPeer<EchoHandler>(), configure: builder =>
        {
            builder.Configuration.AddInMemoryCollection([new(key, "1"), new("Other:Key", "1")]);
            builder.Services.AddPeers(builder.Configuration.GetSection("Peers"));
        }));

        Assert.Contains(named, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_is_no_option_and_comes_while_peers_are_served_is_logged_and_changes_nothing()
    {
        await using var app = await TestApp.StartAsync(app => app.MapPeer<EchoHandler>(), configure: builder =>
        {
            builder.Configuration.AddInMemoryCollection([new("Peers:MaxMessageSize", "4")]);
            builder.Services.AddPeers(builder.Configuration.GetSection("Peers"));
        });
        ((IConfigurationRoot)app.Services.GetRequiredService<IConfiguration>())["Peers:MaxMesageSize"] = "100";
        Reload(app, "100");

        Assert.Contains("'MaxMesageSize'", (await app.Logs.FindAsync(109)).Exception!.Message, StringComparison.Ordinal);
        await using var client = await app.ConnectAsync("/echo");
        await client.SendAsync("12345");
        Assert.Equal(1009, await client.ReceiveCloseAsync());
    }

    [Trait("option", "MaxPeers")]
    [Fact]
    public async Task One_peer_more_than_MaxPeers_gets_503_until_one_leaves()
    {
        await using var app = await TestApp.StartAsync(app => app.MapPeer<EchoHandler>(), options => options.MaxPeers = 2);
        await using var first = await app.ConnectAsync("/echo");
        await using var second = await app.ConnectAsync("/echo");
        var answer = await app.RequestAsync(RawClient.UpgradeRequest("/echo"));

        Assert.Equal((503, "No more peers can connect."), (answer.Status, answer.Body));
        Assert.StartsWith("One more peer on '/echo' would exceed MaxPeers (2 peers), so it was refused (503). Raise PeerOptions.MaxPeers", (await app.Logs.FindAsync(102)).Text, StringComparison.Ordinal);
        await first.CloseAsync();

        // Its client sees the end before the server has given the place up.
        while ((await app.RequestAsync(RawClient.UpgradeRequest("/echo"))).Status == 503) Assert.False(TestContext.Current.CancellationToken.IsCancellationRequested);
        await second.SendAsync("still here");
        Assert.Equal("still here", await second.ReceiveTextAsync());
    }

    [Fact]
    [Trait("Transport", "pipes")]
    public async Task The_servers_own_limit_of_upgraded_connections_gets_503_and_is_named()
    {
        await using var app = await TestApp.StartAsync(
            app => app.MapPeer<EchoHandler>(),
            configure: builder => builder.Services.Configure<Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions>(kestrel => kestrel.Limits.MaxConcurrentUpgradedConnections = 1));
        await using var first = await app.ConnectAsync("/echo");
        var answer = await app.RequestAsync(RawClient.UpgradeRequest("/echo"));

        Assert.Equal(503, answer.Status);
        Assert.Null(answer.Header("Sec-WebSocket-Accept"));
        Assert.Contains("KestrelServerLimits.MaxConcurrentUpgradedConnections", (await app.Logs.FindAsync(103)).Text, StringComparison.Ordinal);
    }

    private static void Reload(TestApp app, string maxMessageSize)
    {
        var root = (IConfigurationRoot)app.Services.GetRequiredService<IConfiguration>();
        root["Peers:MaxMessageSize"] = maxMessageSize;
        root.Reload();
    }

    private static void WithRoles(WebApplicationBuilder builder)
    {
        builder.Services.AddAuthentication("header").AddScheme<AuthenticationSchemeOptions, RoleHeader>("header", configureOptions: null);
        builder.Services.AddAuthorization();
    }

    private sealed class RoleHeader(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            if (Request.Headers["X-Role"] is not [{ } role]) return Task.FromResult(AuthenticateResult.NoResult());
            var identity = new ClaimsIdentity([new(ClaimTypes.Name, "somebody"), new(ClaimTypes.Role, role)], "header");
            return Task.FromResult(AuthenticateResult.Success(new(new(identity), "header")));
        }
    }
}

public sealed partial class Nameless
{
    [OnOpen]
    private static void Opened(Peer peer) => peer.Send("hello");
}

[Authorize(Roles = "admin")]
[PeerHandler("/admin")]
public sealed partial class AdminHandler
{
    [OnOpen]
    private static void Opened(Peer peer) => peer.Send(peer.User!.Identity!.Name);
}

public sealed partial class Greeter
{
    [OnOpen]
    private static void Opened(Peer peer, [FromRoute] string name) => peer.Send($"Hello, {name}");
}
