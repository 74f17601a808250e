using System.Text;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>Clients that never come to the end of their opening handshake. They are the HTTP server's, and end by its timeouts: a peer begins with a whole request.</summary>
public sealed class UnfinishedHandshakeTests
{
    private readonly Roll _roll = new();

    public static MatrixTheoryData<Link, string> EveryBeginning { get; } = new(Links.OfTheirOwn, ["", "GE", "GET /solo HTTP/1.1\r\n", "GET /solo HTTP/1.1\r\nHost: localhost\r\nUpgrade: webso"]);

    [Theory]
    [MemberData(nameof(EveryBeginning))]
    public async Task Whoever_says_half_a_request_and_then_nothing_takes_no_place_and_no_handler(Link link, string beginning)
    {
        await using var app = await StartAsync(link);
        var unfinished = new List<RawClient>();
        for (var i = 0; i < 10; i++)
        {
            unfinished.Add(await RawClient.DialAsync(app.Port, link.IsEncrypted()));
            await unfinished[^1].SendRawAsync(Encoding.ASCII.GetBytes(beginning));
        }

        await using var client = await app.ConnectAsync("/solo");
        await client.SendAsync("alone?");
        Assert.Equal("alone?", await client.ReceiveTextAsync());
        Assert.Equal((1, 1), (_roll.Count, app.Host.PeerCount));
        foreach (var one in unfinished) await one.DisposeAsync();
    }

    [Fact]
    public async Task Whoever_never_finishes_the_handshake_of_TLS_takes_no_place_and_no_handler()
    {
        await using var app = await StartAsync(Link.Tls);
        await using var unfinished = await RawClient.DialAsync(app.Port);
        await unfinished.SendRawAsync(new byte[] { 0x16, 0x03, 0x01, 0x02, 0x00, 0x01 });

        await using var client = await app.ConnectAsync("/solo");
        Assert.Equal(1, _roll.Count);
    }

    [Theory]
    [InlineData(Link.Tcp)]
    [InlineData(Link.Tls)]
    public async Task The_servers_timeout_for_headers_ends_it(Link link)
    {
        await using var app = await StartAsync(link, limits => limits.RequestHeadersTimeout = TimeSpan.FromSeconds(1));
        await using var client = await RawClient.DialAsync(app.Port, link.IsEncrypted());
        await client.SendRawAsync("GET /solo HTTP/1.1\r\nHost: local"u8.ToArray());

        Assert.Equal(408, (await client.ReceiveAnswerAsync()).Status);
        await client.ReceiveNothingMoreAsync();
        Assert.Equal(0, _roll.Count);
    }

    [Theory]
    [InlineData(Link.Tcp)]
    [InlineData(Link.Tls)]
    public async Task The_servers_timeout_for_headers_does_not_end_a_peer(Link link)
    {
        await using var app = await StartAsync(link, limits => (limits.RequestHeadersTimeout, limits.KeepAliveTimeout) = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1)));
        await using var client = await app.ConnectAsync("/solo");
        await using var other = await RawClient.DialAsync(app.Port, link.IsEncrypted());
        await other.SendRawAsync("GET"u8.ToArray());
        Assert.Equal(408, (await other.ReceiveAnswerAsync()).Status);

        // As long as that the peer has said nothing.
        await client.SendAsync("still here");
        Assert.Equal("still here", await client.ReceiveTextAsync());
    }

    private Task<TestApp> StartAsync(Link link, Action<KestrelServerLimits>? limits = null) => TestApp.StartAsync(
        app => app.MapPeer<Solo>(),
        options => options.MaxPeers = 1,
        builder =>
        {
            builder.Services.AddSingleton(_roll);
            builder.WebHost.ConfigureKestrel(kestrel => limits?.Invoke(kestrel.Limits));
        },
        link.Protocols(),
        link.IsEncrypted());
}

/// <summary>How many handlers were made.</summary>
public sealed class Roll
{
    private int _count;

    public int Count => _count;

    public void Call() => Interlocked.Increment(ref _count);
}

/// <summary>Of which one may be connected.</summary>
[PeerHandler("/solo")]
public sealed partial class Solo
{
    public Solo(Roll roll) => roll.Call();

    [OnMessage]
    private static void Heard(Peer peer, string text) => peer.Send(text);
}
