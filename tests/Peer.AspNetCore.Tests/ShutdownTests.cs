using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>How an application with peers stops.</summary>
public sealed class ShutdownTests
{
    private readonly Diary _diary = new();
    private readonly Gate _gate = new();
    private readonly CloseGate _closeGate = new();

    [Fact]
    public async Task Every_peer_is_told_1012_its_close_hook_runs_and_the_application_stops()
    {
        await using var app = await StartAsync();
        var clients = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => app.ConnectAsync("/calc")));
        await app.Logs.FindAsync(1, ordinal: 20);
        var stopping = app.StopAsync();

        foreach (var client in clients) Assert.Equal(1012, await client.ReceiveCloseAsync());
        await stopping.Soon();
        Assert.Equal(Enumerable.Repeat("closed 1012 by Local", 20), _diary.Rest());
        Assert.Equal(0, app.Host.PeerCount);
        Assert.DoesNotContain(app.Logs.Lines, line => line.Category != "Peers");
    }

    [Theory]
    [InlineData(Farewell.FirstCallback, true)]
    [InlineData(Farewell.LastCallback, true)]
    [InlineData(Farewell.FirstService, true)]
    [InlineData(Farewell.LastService, true)]
    [InlineData(Farewell.FirstCallback, false)]
    [InlineData(Farewell.LastCallback, false)]
    [InlineData(Farewell.FirstService, false)]
    [InlineData(Farewell.LastService, false)]
    public async Task What_the_application_publishes_while_it_stops_comes_before_the_close_frame(Farewell farewell, bool bySignal)
    {
        // Peers used to be closed by a callback of ApplicationStopping, which ran before those registered earlier and before StoppingAsync.
        await using var app = await StartAsync(configure: builder => Publisher.Register(builder, farewell), map: app => Publisher.Register(app, farewell));
        await using var client = await app.ConnectAsync("/calc");
        await app.SinglePeerAsync();
        if (farewell == Farewell.LastCallback) app.Lifetime.ApplicationStopping.Register(() => Publisher.Publish(app.Services));
        var stopped = bySignal ? app.WaitForShutdownAsync() : app.StopAsync();
        if (bySignal) app.Lifetime.StopApplication();

        Assert.Equal("We are back in a minute.", await client.ReceiveTextAsync());
        Assert.Equal(1012, await client.ReceiveCloseAsync());
        await stopped.Soon();
    }

    [Fact]
    public async Task Services_that_stop_concurrently_change_nothing_for_peers()
    {
        await using var app = await StartAsync(configure: builder => builder.Services.Configure<HostOptions>(options => options.ServicesStopConcurrently = true));
        await using var client = await app.ConnectAsync("/calc");
        await app.SinglePeerAsync();
        app.Lifetime.ApplicationStopping.Register(() => Publisher.Publish(app.Services));
        var stopped = app.StopAsync();

        Assert.Equal("We are back in a minute.", await client.ReceiveTextAsync());
        Assert.Equal(1012, await client.ReceiveCloseAsync());
        await stopped.Soon();
        Assert.Equal("closed 1012 by Local", await _diary.NextAsync());
    }

    [Fact]
    public async Task Its_beginning_and_its_end_are_logged_with_the_number_of_peers()
    {
        await using var app = await StartAsync();
        await using var first = await app.ConnectAsync("/calc");
        await using var second = await app.ConnectAsync("/calc");
        await app.Logs.FindAsync(1, ordinal: 2);
        var stopping = app.StopAsync();
        await first.ReceiveCloseAsync();
        await second.ReceiveCloseAsync();
        await stopping.Soon();

        var (began, ended) = (Assert.Single(app.Logs.Lines, line => line.EventId == 112), Assert.Single(app.Logs.Lines, line => line.EventId == 113));
        Assert.Equal((LogLevel.Information, LogLevel.Information), (began.Level, ended.Level));
        Assert.Equal("Shutdown begins: 2 peers are asked to close (1012), within ShutdownTimeout (00:00:10).", began.Text);
        Assert.Matches(@"^Shutdown of 2 peers ended after [\d,]+ ms; 0 of them were terminated\.$", ended.Text);
    }

    [Fact]
    public async Task Who_connects_while_the_application_stops_gets_503()
    {
        await using var app = await StartAsync();
        await using var late = await RawClient.DialAsync(app.Port);
        Assert.Equal(404, (await late.RequestAsync("GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n")).Status);
        app.Lifetime.StopApplication();

        Assert.Equal(503, (await late.RequestAsync(RawClient.UpgradeRequest("/calc"))).Status);
    }

    [Fact]
    public async Task A_client_whose_upgrade_hook_ends_while_the_application_stops_gets_503()
    {
        // It used to be opened, and over event loops the process ended before its close hook did.
        await using var app = await StartAsync();
        await using var client = await RawClient.DialAsync(app.Port);
        var answering = client.RequestAsync(RawClient.UpgradeRequest("/slow"));
        Assert.Equal("admitting", await _diary.NextAsync());
        var stopping = app.StopAsync();
        await app.Logs.FindAsync(112);
        _gate.Open();

        Assert.Equal(503, (await answering).Status);
        await stopping.Soon();
        Assert.Empty(_diary.Rest());
    }

    [Fact]
    public async Task A_peer_that_opens_while_the_application_stops_is_closed_and_its_close_hook_ends_before_the_application()
    {
        // Shutdown used to wait for the peers that it saw at its beginning: over event loops no other was waited for.
        await using var app = await StartAsync();
        await using var client = await RawClient.DialAsync(app.Port);
        var answering = client.RequestAsync(RawClient.UpgradeRequest("/lingering?held"));
        Assert.Equal("held", await _diary.NextAsync());
        var stopping = StopAsync(app);
        await app.Logs.FindAsync(112);
        _gate.Open();

        Assert.Equal(101, (await answering).Status);
        Assert.Equal("opened", await client.ReceiveTextAsync());
        Assert.Equal(1012, await client.ReceiveCloseAsync());
        Assert.Equal("closing", await _diary.NextAsync());
        _closeGate.Open();
        await stopping.Soon();
        Assert.Equal(["closed", "stopped"], _diary.Rest());
    }

    [Fact]
    public async Task Other_services_stop_after_the_close_hooks_have_ended()
    {
        // Over event loops the server did not wait for peers, so that services stopped while close hooks still used them.
        await using var app = await StartAsync(configure: builder => builder.Services.AddHostedService<Stopped>());
        await using var client = await app.ConnectAsync("/lingering");
        Assert.Equal("opened", await client.ReceiveTextAsync());
        var stopping = StopAsync(app);
        Assert.Equal(1012, await client.ReceiveCloseAsync());
        Assert.Equal("closing", await _diary.NextAsync());
        _closeGate.Open();

        await stopping.Soon();
        Assert.Equal(["closed", "service stopped", "stopped"], _diary.Rest());
    }

    [Fact]
    public async Task When_the_hosts_time_is_over_the_peers_that_are_left_are_terminated_and_the_application_stops()
    {
        // The host used to fail with an OperationCanceledException.
        await using var app = await StartAsync(
            options => options.ShutdownTimeout = TimeSpan.FromMinutes(1),
            builder => builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMilliseconds(100)));
        await using var client = await app.ConnectAsync("/slow?now");
        await client.SendAsync("wait");
        Assert.Equal("waiting", await _diary.NextAsync());

        await app.StopAsync().Soon();
        Assert.EndsWith("in its Text hook.", (await app.Logs.FindAsync(19)).Text, StringComparison.Ordinal);
        Assert.EndsWith("1 of them were terminated.", (await app.Logs.FindAsync(113)).Text, StringComparison.Ordinal);
    }

    [Trait("option", "ShutdownTimeout")]
    [Fact]
    public async Task A_client_that_never_answers_is_cut_after_ShutdownTimeout()
    {
        await using var app = await StartAsync(options => options.ShutdownTimeout = TimeSpan.FromMilliseconds(100));
        await using var client = await app.ConnectAsync("/calc");
        await app.SinglePeerAsync();

        await app.StopAsync().Soon();
        Assert.Equal("closed 1006 by Local, not clean", await _diary.NextAsync());
        Assert.Contains("did not close within ShutdownTimeout", (await app.Logs.FindAsync(19)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hook_that_never_ends_does_not_hold_the_application_up()
    {
        await using var app = await StartAsync(options => options.ShutdownTimeout = TimeSpan.FromMilliseconds(100));
        await using var client = await app.ConnectAsync("/slow?now");
        await client.SendAsync("wait");
        Assert.Equal("waiting", await _diary.NextAsync());

        await app.StopAsync().Soon();
        Assert.EndsWith("in its Text hook.", (await app.Logs.FindAsync(19)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_shutdown_timeout_longer_than_the_hosts_is_warned_of()
    {
        await using var app = await StartAsync(options => options.ShutdownTimeout = TimeSpan.FromMinutes(1));

        Assert.StartsWith("PeerOptions.ShutdownTimeout (00:01:00) is longer than HostOptions.ShutdownTimeout (00:00:30)", (await app.Logs.FindAsync(110)).Text, StringComparison.Ordinal);
        await app.StopAsync().Soon();
    }

    private async Task StopAsync(TestApp app)
    {
        await app.StopAsync();
        _diary.Write("stopped");
    }

    private Task<TestApp> StartAsync(Action<PeerOptions>? options = null, Action<WebApplicationBuilder>? configure = null, Action<WebApplication>? map = null) => TestApp.StartAsync(
        app =>
        {
            app.Use(HoldAnswerAsync);
            app.MapPeer<Calculator>();
            app.MapPeer<Slow>();
            app.MapPeer<Lingering>();
            map?.Invoke(app);
        },
        options,
        builder =>
        {
            builder.Services.AddSingleton(_diary).AddSingleton(_gate).AddSingleton(_closeGate);
            configure?.Invoke(builder);
        });

    private Task HoldAnswerAsync(HttpContext http, RequestDelegate next)
    {
        if (http.Request.Query.ContainsKey("held")) http.Features.Set<IHttpUpgradeFeature>(new HeldUpgrade(http.Features.GetRequiredFeature<IHttpUpgradeFeature>(), _diary, _gate));
        return next(http);
    }

    // A server that takes its time to answer a handshake that was accepted.
    private sealed class HeldUpgrade(IHttpUpgradeFeature server, Diary diary, Gate gate) : IHttpUpgradeFeature
    {
        public bool IsUpgradableRequest => server.IsUpgradableRequest;

        public async Task<Stream> UpgradeAsync()
        {
            diary.Write("held");
            await gate.Opened;
            return await server.UpgradeAsync();
        }
    }

    private sealed class Stopped(Diary diary) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken)
        {
            diary.Write("service stopped");
            return Task.CompletedTask;
        }
    }
}

/// <summary>Where an application publishes its farewell.</summary>
public enum Farewell
{
    FirstCallback,
    LastCallback,
    FirstService,
    LastService,
}

/// <summary>Publishes a farewell while the application stops.</summary>
internal sealed class Publisher(IServiceProvider services) : IHostedLifecycleService
{
    public static void Register(WebApplicationBuilder builder, Farewell farewell)
    {
        // Behind AddPeers, or in front of it: what that inserts stays in front of all.
        var service = ServiceDescriptor.Singleton<IHostedService, Publisher>();
        if (farewell == Farewell.LastService) builder.Services.Add(service);
        else if (farewell == Farewell.FirstService) builder.Services.Insert(1, service);
    }

    public static void Register(WebApplication app, Farewell farewell)
    {
        if (farewell == Farewell.FirstCallback) app.Lifetime.ApplicationStopping.Register(() => Publish(app.Services));
    }

    public static void Publish(IServiceProvider services) => services.GetRequiredService<PeerHost>().Publish("calc", "We are back in a minute.");

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await Task.Yield();
        Publish(services);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>What the close hook of <see cref="Lingering"/> waits at.</summary>
public sealed class CloseGate
{
    private readonly TaskCompletionSource _open = Patience.Signal();

    public Task Opened => _open.Task;

    public void Open() => _open.TrySetResult();
}

/// <summary>What slow hooks wait at.</summary>
public sealed class Gate
{
    private readonly TaskCompletionSource _open = Patience.Signal();

    public Task Opened => _open.Task;

    public void Open() => _open.TrySetResult();
}

[PeerHandler("/slow")]
public sealed partial class Slow(Gate gate, Diary diary)
{
    [OnUpgrade]
    private async Task<UpgradeResult> Admit(UpgradeRequest request)
    {
        if (request.Query("now") is not null) return UpgradeResult.Accept();
        diary.Write("admitting");
        await gate.Opened;
        return UpgradeResult.Accept();
    }

    [OnMessage]
    private async Task Heard(Peer peer, string text)
    {
        diary.Write("waiting");
        await gate.Opened;
        peer.Send(text);
    }
}

[PeerHandler("/lingering")]
public sealed partial class Lingering(CloseGate gate, Diary diary)
{
    [OnOpen]
    private static void Opened(Peer peer) => peer.Send("opened");

    [OnClose]
    private async Task Closed()
    {
        diary.Write("closing");
        await gate.Opened;
        diary.Write("closed");
    }
}
