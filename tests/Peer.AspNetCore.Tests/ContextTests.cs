using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>What flows from method to method (<see cref="AsyncLocal{T}"/>, the current activity): nothing flows into hooks, and nothing out of them.</summary>
public sealed class ContextTests
{
    private readonly Diary _diary = new();
    private readonly Gate _gate = new();

    [Fact]
    public async Task What_a_hook_leaves_in_its_context_ends_with_it()
    {
        await using var app = await StartAsync();
        await using var client = await app.ConnectAsync("/ambient");
        await client.SendAsync("one");
        await client.SendAsync("two");
        Assert.Equal("-", await client.ReceiveTextAsync());
        Assert.Equal("-", await client.ReceiveTextAsync());
        await client.CloseAsync();

        string[] entries = [await _diary.NextAsync(), await _diary.NextAsync(), await _diary.NextAsync()];
        Assert.Equal(["open: -", "close: -", "dispose: -"], entries);
    }

    [Fact]
    public async Task What_waited_for_an_asynchronous_hook_sees_nothing_of_it()
    {
        await using var app = await StartAsync();
        await using var client = await app.ConnectAsync("/ambient");
        await client.SendAsync("slowly");
        Assert.Equal("waiting", await client.ReceiveTextAsync());
        await client.SendAsync("two");

        // A ping is answered by whoever reads: what came before it waits by now.
        await client.SendFrameAsync(RawOpcode.Ping, default);
        await client.ReceiveAsync(RawOpcode.Pong);
        _gate.Open();

        Assert.Equal("-", await client.ReceiveTextAsync());
    }

    [Fact]
    public async Task What_flows_with_the_request_reaches_no_hook_and_is_still_there_when_the_peer_has_left()
    {
        await using var app = await StartAsync(app => app.Use(async (context, next) =>
        {
            Ambient.Value = "middleware";
            await next(context);
            _diary.Write($"middleware: {Ambient.Value}");
        }));
        await using var client = await app.ConnectAsync("/ambient");
        await client.SendAsync("one");
        Assert.Equal("-", await client.ReceiveTextAsync());
        await client.CloseAsync();

        // On a loop the request ends when the peer leaves the server, and not with the peer.
        string[] entries = [await _diary.NextAsync(), await _diary.NextAsync(), await _diary.NextAsync(), await _diary.NextAsync()];
        Assert.Equal(["close: -", "dispose: -", "middleware: middleware", "open: -"], entries.Order(StringComparer.Ordinal));
    }

    private Task<TestApp> StartAsync(Action<WebApplication>? before = null) => TestApp.StartAsync(
        app =>
        {
            before?.Invoke(app);
            app.MapPeer<Ambient>();
        },
        configure: builder => builder.Services.AddSingleton(_diary).AddSingleton(_gate));
}

/// <summary>Says what flows to it, and leaves something that might flow on.</summary>
[PeerHandler("/ambient")]
public sealed partial class Ambient(Diary diary, Gate gate) : IDisposable
{
    private static readonly AsyncLocal<string?> s_value = new();

    /// <summary>What flows.</summary>
    public static string Value
    {
        get => s_value.Value ?? "-";
        set => s_value.Value = value;
    }

    public void Dispose() => diary.Write($"dispose: {Value}");

    [OnOpen]
    private void Opened()
    {
        diary.Write($"open: {Value}");
        Value = "open";
    }

    [OnMessage]
    private Task Hear(Peer peer, string text)
    {
        if (text == "slowly") return HearSlowlyAsync(peer);
        peer.Send(Value);
        Value = "message";
        return Task.CompletedTask;
    }

    [OnClose]
    private void Closed()
    {
        diary.Write($"close: {Value}");
        Value = "close";
    }

    private async Task HearSlowlyAsync(Peer peer)
    {
        peer.Send("waiting");
        await gate.Opened;
        Value = "slow message";
    }
}
