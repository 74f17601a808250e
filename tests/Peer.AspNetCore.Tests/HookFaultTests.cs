using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>An exception in a hook ends neither the process nor any other peer.</summary>
public sealed class HookFaultTests
{
    private readonly Diary _diary = new();

    [Theory]
    [InlineData("fail")]
    [InlineData("failLater")]
    public async Task In_a_message_hook_it_closes_with_1011_is_logged_and_not_told_to_the_client(string type)
    {
        await using var app = await StartAsync();
        await using var bystander = await app.ConnectAsync("/calc");
        await using var client = await app.ConnectAsync("/calc");
        await client.SendAsync($$"""{"type":"{{type}}","why":"secret"}""");
        var close = await client.ReceiveAsync(RawOpcode.Close);
        await client.SendFrameAsync(RawOpcode.Close, close.Payload);

        Assert.Equal((1011, "a hook failed"), (close.CloseCode, close.CloseReason));
        Assert.Equal("closed 1011 by Local", await _diary.NextAsync());
        var line = await app.Logs.FindAsync(16);
        Assert.Equal((LogLevel.Error, "secret"), (line.Level, line.Exception!.Message));
        Assert.StartsWith($"OnMessage({type}) of Calculator failed for Peer ", line.Text, StringComparison.Ordinal);
        await AssertWellAsync(bystander);
    }

    [Theory]
    [InlineData("fail")]
    [InlineData("failLater")]
    public async Task In_the_hook_of_a_request_it_is_an_error_to_the_client_and_the_peer_stays_open(string type)
    {
        await using var app = await StartAsync();
        await using var client = await app.ConnectAsync("/calc");
        await client.SendAsync($$"""{"type":"{{type}}","$id":"a","why":"secret"}""");

        Assert.Equal("""{"type":"$error","$re":"a","code":"failed","message":"The request failed."}""", await client.ReceiveTextAsync());
        Assert.Equal("secret", (await app.Logs.FindAsync(16)).Exception!.Message);
        await AssertWellAsync(client);
    }

    [Theory]
    [InlineData("open")]
    [InlineData("open later")]
    public async Task In_the_open_hook_it_closes_with_1011_and_the_close_hook_runs_once(string where)
    {
        await using var app = await StartAsync(where);
        await using var bystander = await app.ConnectAsync("/calc");
        await using var client = await app.ConnectAsync("/faulty");

        Assert.Equal(1011, await client.ReceiveCloseAsync());
        Assert.Equal("close 1011", await _diary.NextAsync());
        Assert.Equal("disposed", await _diary.NextAsync());
        Assert.Empty(_diary.Rest());
        Assert.StartsWith("OnOpen of Faulty failed", (await app.Logs.FindAsync(16)).Text, StringComparison.Ordinal);
        await AssertWellAsync(bystander);
    }

    [Theory]
    [InlineData("close")]
    [InlineData("close later")]
    public async Task In_the_close_hook_it_is_logged_and_the_handler_is_disposed(string where)
    {
        await using var app = await StartAsync(where);
        await using var bystander = await app.ConnectAsync("/calc");
        await using var client = await app.ConnectAsync("/faulty");

        Assert.Equal(1000, await client.CloseAsync());
        Assert.Equal("close 1000", await _diary.NextAsync());
        Assert.Equal("disposed", await _diary.NextAsync());
        Assert.StartsWith("OnClose of Faulty failed", (await app.Logs.FindAsync(16)).Text, StringComparison.Ordinal);
        await AssertWellAsync(bystander);
    }

    [Fact]
    public async Task In_Dispose_it_is_logged()
    {
        await using var app = await StartAsync("dispose");
        await using var client = await app.ConnectAsync("/faulty");
        await client.CloseAsync();

        Assert.StartsWith("Disposing Faulty of Peer", (await app.Logs.FindAsync(20)).Text, StringComparison.Ordinal);
        await app.Logs.FindAsync(2);
        Assert.Equal(0, app.Host.PeerCount);
    }

    private Task<TestApp> StartAsync(string where = "") => TestApp.StartAsync(
        app =>
        {
            app.MapPeer<Calculator>();
            app.MapPeer<Faulty>();
        },
        configure: builder => builder.Services.AddSingleton(_diary).AddSingleton(new Faulty.Place(where)));

    private static async Task AssertWellAsync(RawClient client)
    {
        await client.SendAsync("""{"type":"add","left":1,"right":1}""");
        Assert.Equal("""{"type":"sum","value":2}""", await client.ReceiveTextAsync());
    }
}

/// <summary>Fails in the hook that it is told to.</summary>
[PeerHandler("/faulty")]
public sealed partial class Faulty(Faulty.Place place, Diary diary) : IDisposable
{
    public sealed record Place(string Name);

    public void Dispose()
    {
        diary.Write("disposed");
        Throw("dispose");
    }

    [OnOpen]
    private async Task Opened()
    {
        Throw("open");
        await Task.Yield();
        Throw("open later");
    }

    [OnMessage]
    private static void Heard(Peer peer, string text) => peer.Send(text);

    [OnClose]
    private async Task Closed(CloseEvent close)
    {
        diary.Write($"close {(int)close.Code}");
        Throw("close");
        await Task.Yield();
        Throw("close later");
    }

    private void Throw(string where)
    {
        if (place.Name == where) throw new InvalidOperationException(where);
    }
}
