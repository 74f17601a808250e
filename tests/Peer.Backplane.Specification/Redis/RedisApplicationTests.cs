using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>An application with <c>AddPeers().UseRedis(…)</c>, from its start to its end.</summary>
public sealed class RedisApplicationTests
{
    private const string Nowhere = "127.0.0.1:1,user=ada,password=secret,connectRetry=1,connectTimeout=500";

    [Fact]
    public async Task Without_a_server_the_application_does_not_start_and_says_where_it_looked()
    {
        await using var app = Build(options => options.Configuration = Nowhere);

        var exception = await Assert.ThrowsAsync<BackplaneException>(() => app.StartAsync());

        Assert.Contains("Redis at 127.0.0.1:1 ", exception.Message, StringComparison.Ordinal);
        Assert.Contains("RedisBackplaneOptions.Configuration", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_it_may_start_degraded_it_starts_and_is_unhealthy()
    {
        await using var app = Build(options => (options.Configuration, options.OnStart) = (Nowhere, BackplaneStart.Degraded));

        await app.StartAsync();

        Assert.False(app.Services.GetRequiredService<PeerHost>().IsClustered);
        Assert.Equal(HealthStatus.Unhealthy, await HealthAsync(app));
        await app.StopAsync();
    }

    [Fact]
    public async Task With_a_server_it_is_healthy_until_that_is_lost()
    {
        await using var server = await RedisServer.StartAsync();
        await using var app = Build(options => options.Configuration = server.Endpoint);
        await app.StartAsync();
        var host = app.Services.GetRequiredService<PeerHost>();

        Assert.True(host.IsClustered);
        Assert.Equal(HealthStatus.Healthy, await HealthAsync(app));
        await server.KillAsync();
        using var patience = new CancellationTokenSource(Patience.Time);
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (host.IsBackplaneConnected) await looks.WaitForNextTickAsync(patience.Token);
        Assert.Equal(HealthStatus.Unhealthy, await HealthAsync(app));
        await app.StopAsync();
    }

    [Fact]
    public async Task The_clients_own_options_are_used()
    {
        await using var server = await RedisServer.StartAsync("--requirepass", "right");
        await using var app = Build(options =>
        {
            options.Configuration = server.Endpoint;
            options.Client = static client => client.Password = "right";
        });

        await app.StartAsync().InTime();

        Assert.True(app.Services.GetRequiredService<PeerHost>().IsClustered);
        await app.StopAsync();
    }

    private static WebApplication Build(Action<RedisBackplaneOptions> configure)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddPeers().UseRedis(configure);
        builder.Services.AddHealthChecks().AddPeerBackplane();
        return builder.Build();
    }

    private static async Task<HealthStatus> HealthAsync(WebApplication app) => (await app.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Status;
}
