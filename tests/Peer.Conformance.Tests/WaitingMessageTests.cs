using Microsoft.Extensions.DependencyInjection;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>What came whole and valid before a breach is not lost by it, although its hook could not run yet.</summary>
public sealed class WaitingMessageTests
{
    private static readonly Dictionary<string, (byte[] Bytes, int Code)> s_breaches = new(StringComparer.Ordinal)
    {
        ["a reserved bit"] = (RawFrame.Write(RawOpcode.Text, "x"u8, rsv: 4), 1002),
        ["text that is not UTF-8"] = (RawFrame.Write(RawOpcode.Text, [0xFF]), 1007),
        ["a message over the limit"] = (RawFrame.Write(RawOpcode.Binary, new byte[65_537]), 1009),
        ["a kind that no hook takes"] = (RawFrame.Write(RawOpcode.Binary, "x"u8), 1003),
    };

    private readonly Diary _diary = new();
    private readonly TaskCompletionSource _mayGoOn = Patience.Signal();

    public static MatrixTheoryData<Link, string> EveryBreach { get; } = new(Links.All, s_breaches.Keys);

    [Theory]
    [MemberData(nameof(EveryBreach))]
    public async Task What_came_before_a_breach_reaches_its_hooks_in_order_and_then_the_close_hook_runs(Link link, string breach)
    {
        var (bytes, code) = s_breaches[breach];
        await using var app = await StartAsync(link);
        using var http = Links.CreateHttp();
        await using var client = await link.ConnectAsync(http, app.Port, "/scribe");
        await client.SendRawAsync((byte[])[.. RawFrame.Write("one"), .. RawFrame.Write("two"), .. RawFrame.Write("three"), .. bytes, .. RawFrame.Write("late")]);
        var close = await client.ReceiveAsync(RawOpcode.Close);
        Assert.Equal(code, close.CloseCode);
        await client.SendFrameAsync(RawOpcode.Close, close.Payload);
        _mayGoOn.SetResult();

        foreach (var entry in new[] { "one", "two", "three", $"closed {code}" }) Assert.Equal(entry, await _diary.NextAsync());
    }

    [Theory]
    [InlineData(Link.Tcp)]
    [InlineData(Link.Tls)]
    [InlineData(Link.Http2)]
    public async Task What_came_before_the_application_closed_the_peer_reaches_no_hook(Link link)
    {
        await using var app = await StartAsync(link);
        using var http = Links.CreateHttp();
        await using var client = await link.ConnectAsync(http, app.Port, "/scribe");
        await client.SendRawAsync((byte[])[.. RawFrame.Write("one"), .. RawFrame.Write("two"), .. RawFrame.Write(RawOpcode.Ping, ""u8)]);
        await client.ReceiveAsync(RawOpcode.Pong);
        (await app.SinglePeerAsync()).Close((CloseCode)4000);
        await client.ReceiveCloseAsync();
        _mayGoOn.SetResult();

        Assert.Equal("one", await _diary.NextAsync());
        Assert.Equal("closed 4000", await _diary.NextAsync());
    }

    private Task<TestApp> StartAsync(Link link) => TestApp.StartAsync(
        app => app.MapPeer<Scribe>(),
        configure: builder => builder.Services.AddSingleton(_diary).AddSingleton(_mayGoOn),
        protocols: link.Protocols(),
        tls: link.IsEncrypted());
}

/// <summary>Writes down what it hears, from when on it may.</summary>
[PeerHandler("/scribe")]
public sealed partial class Scribe(Diary diary, TaskCompletionSource mayGoOn)
{
    [OnMessage]
    private async Task Heard(string text)
    {
        await mayGoOn.Task;
        diary.Write(text);
    }

    [OnClose]
    private void Closed(CloseEvent close) => diary.Write($"closed {(int)close.Code}");
}
