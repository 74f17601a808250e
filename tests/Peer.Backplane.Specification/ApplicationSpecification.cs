using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>An application whose channels go over a server, from its start to its end.</summary>
/// <typeparam name="TOptions">Those of the backplane.</typeparam>
public abstract class ApplicationSpecification<TOptions>
    where TOptions : BackplaneOptions
{
    /// <summary>An address with a password, where nobody listens.</summary>
    protected abstract string Nowhere { get; }

    /// <summary>What the application says of it: where it looked, and the option that says so.</summary>
    protected abstract (string Place, string Option) Told { get; }

    [Fact]
    public async Task Without_a_server_the_application_does_not_start_and_says_where_it_looked()
    {
        await using var app = Build(options => SetAddress(options, Nowhere));

        var exception = await Assert.ThrowsAsync<BackplaneException>(() => app.StartAsync());

        Assert.Contains(Told.Place, exception.Message, StringComparison.Ordinal);
        Assert.Contains(Told.Option, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_it_may_start_degraded_it_starts_and_is_unhealthy()
    {
        await using var app = Build(options =>
        {
            SetAddress(options, Nowhere);
            options.OnStart = BackplaneStart.Degraded;
        });

        await app.StartAsync();

        Assert.False(app.Services.GetRequiredService<PeerHost>().IsClustered);
        Assert.Equal(HealthStatus.Unhealthy, await HealthAsync(app));
        await app.StopAsync();
    }

    [Fact]
    public async Task With_a_server_it_is_healthy_until_that_is_lost()
    {
        var (server, address) = await StartServerAsync();
        await using var ending = server;
        await using var app = Build(options => SetAddress(options, address));
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

    /// <summary>Starts a server for a test.</summary>
    protected abstract Task<(BrokerServer Server, string Address)> StartServerAsync();

    protected abstract void SetAddress(TOptions options, string address);

    /// <summary>Has the peers use the backplane.</summary>
    protected abstract void Use(PeersBuilder peers, Action<TOptions> configure);

    /// <summary>An application with the backplane and its health check.</summary>
    protected WebApplication Build(Action<TOptions> configure)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        Use(builder.Services.AddPeers(), configure);
        builder.Services.AddHealthChecks().AddPeerBackplane();
        return builder.Build();
    }

    private static async Task<HealthStatus> HealthAsync(WebApplication app) => (await app.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Status;
}
