using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>What the compiler wrote for <see cref="GeneratedRoom"/>, run behind a real server.</summary>
public sealed class GeneratedHandlerTests : IAsyncLifetime
{
    private TestApp _app = null!;

    public async ValueTask InitializeAsync() => _app = await TestApp.StartAsync(
        app => app.MapPeer<GeneratedRoom>(),
        configure: builder => builder.Services.AddSingleton<Ledger>().AddScoped<ScopedStore>());

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task A_message_reaches_the_hook_that_takes_it_and_what_that_returns_is_the_reply()
    {
        await using var client = await ConnectAsync();
        await client.SendAsync("""{"type":"rename","$id":7,"name":"ada"}""");

        Assert.Equal("""{"type":"renamed","$re":7,"name":"ada"}""", await client.ReceiveTextAsync());
    }

    [Fact]
    public async Task A_reply_may_come_later()
    {
        await using var client = await ConnectAsync();
        await client.SendAsync("""{"type":"renameLater","$id":"x","name":"ada"}""");

        Assert.Equal("""{"type":"renamed","$re":"x","name":"ada later"}""", await client.ReceiveTextAsync());
    }

    [Fact]
    public async Task Hooks_of_one_peer_share_its_fields_and_take_values_of_its_route()
    {
        await using var client = await ConnectAsync();
        await client.SendAsync("""{"type":"rename","name":"ada"}""");
        await client.ReceiveTextAsync();
        await client.SendAsync("""{"type":"who"}""");

        Assert.Equal("""{"type":"renamed","name":"ada in 42"}""", await client.ReceiveTextAsync());
    }

    [Fact]
    public async Task A_text_that_names_no_message_goes_to_the_raw_hook()
    {
        await using var client = await ConnectAsync();
        await client.SendAsync("hello");
        Assert.Equal("raw: hello", await client.ReceiveTextAsync());

        await client.SendAsync("""{"type":"other"}""");
        Assert.Equal("""raw: {"type":"other"}""", await client.ReceiveTextAsync());
    }

    [Fact]
    public async Task Bytes_go_to_the_hook_for_binary_messages()
    {
        await using var client = await ConnectAsync();
        await client.SendFrameAsync(RawOpcode.Binary, new byte[] { 1, 2, 3 });

        Assert.Equal([3, 2, 1], (await client.ReceiveAsync(RawOpcode.Binary)).Payload);
    }

    [Fact]
    public async Task A_message_that_does_not_fit_gets_an_error_and_the_peer_stays()
    {
        await using var client = await ConnectAsync();
        await client.SendAsync("""{"type":"rename","$id":1,"name":null}""");

        Assert.StartsWith("""{"type":"$error","$re":1,"code":"invalid",""", await client.ReceiveTextAsync(), StringComparison.Ordinal);
        await client.SendAsync("hello");
        Assert.Equal("raw: hello", await client.ReceiveTextAsync());
    }

    [Fact]
    public async Task Every_peer_joins_the_channel_of_its_route_before_open()
    {
        await using var client = await RawClient.ConnectAsync(_app.Port, "/generated/7");

        Assert.Equal("room/7", await client.ReceiveTextAsync());
    }

    [Theory]
    [InlineData("/generated/42", 101)]
    [InlineData("/generated/kitchen", 400)]
    [InlineData("/generated/13", 403)]
    public async Task A_route_value_that_is_no_number_is_rejected_before_the_upgrade_hook_is_asked(string path, int status) =>
        Assert.Equal(status, (await _app.RequestAsync(RawClient.UpgradeRequest(path))).Status);

    [Fact]
    public async Task A_scoped_service_of_a_hook_lives_until_the_hooks_task_ends()
    {
        await using var client = await ConnectAsync();
        foreach (var call in (int[])[1, 2])
        {
            await client.SendAsync("""{"type":"store"}""");

            // One more made than disposed while the hook ran, and none left when the reply came.
            Assert.Equal($$"""{"type":"renamed","name":"{{call}} made, {{call - 1}} disposed"}""", await client.ReceiveTextAsync());
            Assert.Equal(call, _app.Services.GetRequiredService<Ledger>().Disposed);
        }
    }

    [Fact]
    public async Task A_pattern_that_lacks_a_route_value_of_the_handler_is_refused_when_the_application_starts()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => TestApp.StartAsync(app => app.MapPeer<GeneratedRoom>("/rooms/{name}")));

        Assert.Equal("'GeneratedRoom' takes the route value 'room', which '/rooms/{name}' lacks. Map it to a pattern with '{room}'.", failure.Message);
    }

    private async Task<RawClient> ConnectAsync()
    {
        var client = await RawClient.ConnectAsync(_app.Port, "/generated/42");
        Assert.Equal("room/42", await client.ReceiveTextAsync());
        return client;
    }
}

/// <summary>Counts what is made and disposed.</summary>
public sealed class Ledger
{
    public int Made { get; set; }
    public int Disposed { get; set; }
}

/// <summary>A service of one call.</summary>
public sealed class ScopedStore : IDisposable
{
    private readonly Ledger _ledger;

    public ScopedStore(Ledger ledger)
    {
        _ledger = ledger;
        ledger.Made++;
    }

    public void Dispose() => _ledger.Disposed++;

    public override string ToString() => $"{_ledger.Made} made, {_ledger.Disposed} disposed";
}

[PeerHandler("/generated/{room}")]
public sealed partial class GeneratedRoom(Ledger ledger)
{
    private string _name = "nobody";

    [Channel("room/{room}", Join = true)]
    public static partial PeerChannel<string> Room(int room);

    [OnUpgrade]
    private UpgradeResult Admit(HttpContext context, [FromRoute] int room, [FromServices] Ledger same) =>
        room != 13 && context.WebSockets is not null && ReferenceEquals(same, ledger) ? UpgradeResult.Accept() : UpgradeResult.Reject(403);

    [OnOpen] private static void Opened(Peer peer) => peer.Send(string.Join(",", peer.Channels));
    [OnMessage] private Renamed Rename(Rename request) => new(_name = request.Name);

    [OnMessage]
    private static async Task<Renamed> Later(RenameLater request)
    {
        await Task.Yield();
        return new(request.Name + " later");
    }

    [OnMessage] private Renamed Who(Who who, [FromRoute] int room) => new($"{_name} in {room}");

    [OnMessage]
    private static async ValueTask<Renamed> Keep(Store message, [FromServices] ScopedStore store)
    {
        await Task.Yield();
        return new(store.ToString());
    }

    [OnMessage] private static void Text(Peer peer, string text) => peer.Send($"raw: {text}");

    [OnMessage]
    private static void Reverse(Peer peer, ReadOnlyMemory<byte> bytes)
    {
        var copy = bytes.ToArray();
        Array.Reverse(copy);
        peer.SendBinary(copy);
    }
}

[Message] public readonly partial record struct Rename(string Name);
[Message] public readonly partial record struct RenameLater(string Name);
[Message] public readonly partial record struct Renamed(string Name);
[Message] public readonly partial record struct Who;
[Message] public readonly partial record struct Store;
