using Microsoft.Extensions.DependencyInjection;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>Channels between real connections.</summary>
public sealed class ChannelTests
{
    [Fact]
    public async Task A_publish_reaches_every_other_peer_of_the_channel_and_leaves_the_sender_out()
    {
        await using var app = await StartAsync();
        var clients = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => app.ConnectAsync("/calc")));
        await app.Logs.FindAsync(1, ordinal: 20);
        await clients[0].SendAsync("""{"type":"tell","what":"hi"}""");
        await clients[0].SendAsync("""{"type":"add","left":1,"right":1}""");

        foreach (var client in clients[1..]) Assert.Equal("""{"type":"told","what":"hi"}""", await client.ReceiveTextAsync());
        Assert.Equal("""{"type":"sum","value":2}""", await clients[0].ReceiveTextAsync());
        foreach (var client in clients) await client.DisposeAsync();
    }

    [Fact]
    public async Task The_host_publishes_to_all_from_outside_any_hook()
    {
        await using var app = await StartAsync();
        await using var first = await app.ConnectAsync("/calc");
        await using var second = await app.ConnectAsync("/calc");
        await app.Logs.FindAsync(1, ordinal: 2);
        await SyncAsync(first);
        await SyncAsync(second);
        app.Host.Publish("calc", new Told("news"));

        Assert.Equal("""{"type":"told","what":"news"}""", await first.ReceiveTextAsync());
        Assert.Equal("""{"type":"told","what":"news"}""", await second.ReceiveTextAsync());
    }

    [Fact]
    public async Task What_one_peer_publishes_reaches_another_in_the_order_of_the_calls()
    {
        await using var app = await StartAsync();
        await using var receiver = await app.ConnectAsync("/calc");
        await SyncAsync(receiver);
        await using var sender = await app.ConnectAsync("/calc");
        await sender.SendRawAsync(Enumerable.Range(0, 500).SelectMany(i => RawFrame.Write($$"""{"type":"tell","what":"{{i}}"}""")).ToArray());

        for (var i = 0; i < 500; i++) Assert.Equal($$"""{"type":"told","what":"{{i}}"}""", await receiver.ReceiveTextAsync());
    }

    [Fact]
    public async Task Who_left_gets_nothing_and_is_not_counted()
    {
        await using var app = await StartAsync();
        await using var stays = await app.ConnectAsync("/calc");
        await using var leaves = await app.ConnectAsync("/calc");
        await SyncAsync(stays);
        await SyncAsync(leaves);
        Assert.Equal(2, app.Host.Count("calc"));
        await leaves.CloseAsync();
        await app.Logs.FindAsync(2);

        Assert.Equal(1, app.Host.Count("calc"));
        app.Host.Publish("calc", new Told("news"));
        Assert.Equal("""{"type":"told","what":"news"}""", await stays.ReceiveTextAsync());
    }

    // An answered message says that the open hook, which subscribes, has run.
    private static async Task SyncAsync(RawClient client)
    {
        await client.SendAsync("""{"type":"add","left":1,"right":1}""");
        await client.ReceiveTextAsync();
    }

    private static Task<TestApp> StartAsync() =>
        TestApp.StartAsync(app => app.MapPeer<Calculator>(), configure: builder => builder.Services.AddSingleton(new Diary()));
}
