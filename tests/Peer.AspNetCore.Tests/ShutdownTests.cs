using Microsoft.Extensions.DependencyInjection;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>How an application with peers stops.</summary>
public sealed class ShutdownTests
{
    private readonly Diary _diary = new();
    private readonly Gate _gate = new();

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

    [Fact]
    public async Task It_begins_when_the_application_is_asked_to_stop()
    {
        await using var app = await StartAsync();
        await using var client = await app.ConnectAsync("/calc");
        await app.SinglePeerAsync();
        app.Lifetime.StopApplication();

        Assert.Equal(1012, await client.ReceiveCloseAsync());
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
    public async Task Who_was_being_admitted_meanwhile_is_told_1012_as_well()
    {
        await using var app = await StartAsync();
        var connecting = app.ConnectAsync("/slow");
        Assert.Equal("admitting", await _diary.NextAsync());
        app.Lifetime.StopApplication();
        _gate.Open();
        await using var client = await connecting;

        Assert.Equal(1012, await client.ReceiveCloseAsync());
        await app.StopAsync().Soon();
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

    private Task<TestApp> StartAsync(Action<PeerOptions>? options = null) => TestApp.StartAsync(
        app =>
        {
            app.MapPeer<Calculator>();
            app.MapPeer<Slow>();
        },
        options,
        builder => builder.Services.AddSingleton(_diary).AddSingleton(_gate));
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
