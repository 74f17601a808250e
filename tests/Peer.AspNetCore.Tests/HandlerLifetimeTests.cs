using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>One handler a connection, in a scope of its own that ends with it.</summary>
public sealed class HandlerLifetimeTests
{
    private readonly Diary _diary = new();

    [Fact]
    public async Task Handler_and_scope_are_made_before_the_answer_and_disposed_once_after_the_close_hook()
    {
        await using var app = await StartAsync();
        await using var client = await app.ConnectAsync("/scoped");
        Assert.Equal(["service made", "handler made"], _diary.Rest());
        await client.CloseAsync();

        Assert.Equal("closed", await _diary.NextAsync());
        Assert.Equal("handler disposed", await _diary.NextAsync());
        Assert.Equal("service disposed", await _diary.NextAsync());
        await app.StopAsync();
        Assert.Empty(_diary.Rest());
    }

    [Fact]
    public async Task After_a_rejection_both_are_disposed_and_no_other_hook_ran()
    {
        await using var app = await StartAsync();
        Assert.Equal(403, (await app.RequestAsync(RawClient.UpgradeRequest("/scoped?reject"))).Status);

        string[] entries = [await _diary.NextAsync(), await _diary.NextAsync(), await _diary.NextAsync(), await _diary.NextAsync()];
        Assert.Equal(["service made", "handler made", "handler disposed", "service disposed"], entries);
        Assert.Empty(_diary.Rest());
    }

    [Fact]
    public async Task A_refused_handshake_makes_no_handler()
    {
        await using var app = await StartAsync();
        Assert.Equal(426, (await app.RequestAsync("GET /scoped HTTP/1.1\r\nHost: localhost\r\n\r\n")).Status);

        Assert.Empty(_diary.Rest());
    }

    [Fact]
    public async Task Each_peer_has_a_handler_and_a_scope_of_its_own()
    {
        await using var app = await StartAsync();
        await using var first = await app.ConnectAsync("/scoped");
        await using var second = await app.ConnectAsync("/scoped");
        await first.SendAsync("one");
        await first.SendAsync("two");
        await second.SendAsync("three");

        Assert.Equal("1", await first.ReceiveTextAsync());
        Assert.Equal("2", await first.ReceiveTextAsync());
        Assert.Equal("1", await second.ReceiveTextAsync());
    }

    [Fact]
    public async Task A_client_that_is_lost_disposes_them_as_well()
    {
        await using var app = await StartAsync();
        var client = await app.ConnectAsync("/scoped");
        _diary.Rest();
        client.Reset();

        Assert.Equal("closed", await _diary.NextAsync());
        Assert.Equal("handler disposed", await _diary.NextAsync());
        Assert.Equal("service disposed", await _diary.NextAsync());
    }

    [Fact]
    public async Task A_client_that_is_gone_before_its_answer_disposes_them_as_well()
    {
        var gate = new Gate();
        await using var app = await TestApp.StartAsync(app => app.MapPeer<Turnstile>(), configure: builder => builder.Services.AddSingleton(_diary).AddSingleton(gate));
        var client = await RawClient.DialAsync(app.Port);
        await client.SendRawAsync(System.Text.Encoding.ASCII.GetBytes(RawClient.UpgradeRequest("/turnstile")));
        Assert.Equal("waiting", await _diary.NextAsync());
        client.Reset();

        Assert.Equal("gone", await _diary.NextAsync());
        gate.Open();
        Assert.Equal("disposed", await _diary.NextAsync());
        await app.StopAsync();
        Assert.Empty(_diary.Rest());
        Assert.DoesNotContain(app.Logs.Lines, line => line.Level >= Microsoft.Extensions.Logging.LogLevel.Error);
    }

    [Fact]
    public async Task After_the_upgrade_no_hook_sees_the_request()
    {
        await using var app = await StartAsync(services => services.AddHttpContextAccessor());
        await using var client = await app.ConnectAsync("/scoped");
        await client.SendAsync("context");

        Assert.Equal("none", await client.ReceiveTextAsync());
    }

    private Task<TestApp> StartAsync(Action<IServiceCollection>? configure = null) => TestApp.StartAsync(app => app.MapPeer<Scoped>(), configure: builder =>
    {
        builder.Services.AddSingleton(_diary).AddScoped<ScopedService>();
        configure?.Invoke(builder.Services);
    });
}

public sealed class ScopedService : IAsyncDisposable
{
    private readonly Diary _diary;
    private int _count;

    public ScopedService(Diary diary)
    {
        _diary = diary;
        diary.Write("service made");
    }

    public int Count() => ++_count;

    public ValueTask DisposeAsync()
    {
        _diary.Write("service disposed");
        return default;
    }
}

[PeerHandler("/scoped")]
public sealed partial class Scoped : IDisposable
{
    private readonly ScopedService _service;
    private readonly Diary _diary;
    private readonly IServiceProvider _services;

    public Scoped(ScopedService service, Diary diary, IServiceProvider services)
    {
        (_service, _diary, _services) = (service, diary, services);
        diary.Write("handler made");
    }

    public void Dispose() => _diary.Write("handler disposed");

    [OnUpgrade]
    private static UpgradeResult Admit(UpgradeRequest request) => request.Query("reject") is null ? UpgradeResult.Accept() : UpgradeResult.Reject();

    [OnMessage]
    private void Heard(Peer peer, string text) => peer.Send(text == "context" ? FindContext() : $"{_service.Count()}");

    [OnClose]
    private void Closed() => _diary.Write("closed");

    private string FindContext() => _services.GetRequiredService<IHttpContextAccessor>().HttpContext is null ? "none" : "there";
}

/// <summary>Turns clients away once it may, with more than fits the server's buffers.</summary>
[PeerHandler("/turnstile")]
public sealed partial class Turnstile(Diary diary, Gate gate) : IDisposable
{
    public void Dispose() => diary.Write("disposed");

    [OnUpgrade]
    private async Task<UpgradeResult> Admit(UpgradeRequest request)
    {
        using var registration = request.Aborted.Register(() => diary.Write("gone"));
        diary.Write("waiting");
        await gate.Opened;
        return UpgradeResult.Reject(403, new string('x', 1 << 20));
    }
}
