using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>An application with <c>AddPeers().UseNats(…)</c>, from its start to its end.</summary>
public sealed class NatsApplicationTests
{
    private const string Nowhere = "nats://ada:secret@127.0.0.1:1";

    [Fact]
    public async Task Without_a_server_the_application_does_not_start_and_says_where_it_looked()
    {
        await using var app = Build(options => options.Url = Nowhere);

        var exception = await Assert.ThrowsAsync<BackplaneException>(() => app.StartAsync());

        Assert.Contains("NATS at nats://127.0.0.1:1 ", exception.Message, StringComparison.Ordinal);
        Assert.Contains("NatsBackplaneOptions.Url", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_it_may_start_degraded_it_starts_and_is_unhealthy()
    {
        await using var app = Build(options => (options.Url, options.OnStart) = (Nowhere, BackplaneStart.Degraded));

        await app.StartAsync();

        Assert.False(app.Services.GetRequiredService<PeerHost>().IsClustered);
        Assert.Equal(HealthStatus.Unhealthy, await HealthAsync(app));
        await app.StopAsync();
    }

    [Fact]
    public async Task With_a_server_it_is_healthy_until_that_is_lost()
    {
        await using var server = await NatsServer.StartAsync();
        await using var app = Build(options => options.Url = server.Url);
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
    public async Task A_wrong_password_is_told_as_such()
    {
        await using var server = await NatsServer.StartAsync("--user", "ada", "--pass", "right");
        var wrong = server.Url.Replace("://", "://ada:wrong@", StringComparison.Ordinal);
        await using var app = Build(options => options.Url = wrong);

        var exception = await Assert.ThrowsAsync<BackplaneException>(() => app.StartAsync().InTime());

        Assert.Contains("authoriz", exception.Message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("wrong", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_clients_own_options_are_used()
    {
        await using var server = await NatsServer.StartAsync("--user", "ada", "--pass", "right");
        await using var app = Build(options =>
        {
            options.Url = server.Url;
            options.Client = static client => client with { AuthOpts = new() { Username = "ada", Password = "right" } };
        });

        await app.StartAsync().InTime();

        Assert.True(app.Services.GetRequiredService<PeerHost>().IsClustered);
        await app.StopAsync();
    }

    [Fact]
    public async Task A_server_that_takes_less_gets_messages_in_smaller_parts()
    {
        await using var broker = new NatsBroker(await NatsServer.StartAsync("-c", await SmallPayloadsAsync()));
        await using var cluster = await Cluster.StartAsync(broker, 2);
        var remote = await cluster.B.JoinAsync("room");
        var large = new byte[50_000];
        new Random(1).NextBytes(large);

        cluster.A.Host.PublishBinary("room", large);

        Assert.Equal(large, await remote.ReceiveBinaryAsync(Patience.Time));
        Assert.Equal(4096, cluster.A.Leash.MaxMessageBytes);
    }

    [Theory]
    [InlineData("", "peers", "Url")]
    [InlineData("nats://localhost", "a b", "Prefix")]
    public void What_cannot_work_is_named(string url, string prefix, string option)
    {
        var exception = Assert.ThrowsAny<ArgumentException>(() => new NatsBackplaneOptions { Url = url, Prefix = prefix }.Validate());

        Assert.Equal(option, exception.ParamName);
    }

    private static WebApplication Build(Action<NatsBackplaneOptions> configure)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddPeers().UseNats(configure);
        builder.Services.AddHealthChecks().AddPeerBackplane();
        return builder.Build();
    }

    private static async Task<HealthStatus> HealthAsync(WebApplication app) => (await app.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Status;

    private static async Task<string> SmallPayloadsAsync()
    {
        var file = Path.Combine(AppContext.BaseDirectory, "small-payloads.conf");
        await File.WriteAllTextAsync(file, "max_payload: 4096\n");
        return file;
    }
}
