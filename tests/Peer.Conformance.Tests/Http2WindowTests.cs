using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>Flow control of HTTP/2, RFC 9113 §5.2: the streams of a connection share its window, also those that are not read from.</summary>
public sealed class Http2WindowTests
{
    private const int SmallWindow = 256 * 1024;
    private const int PayloadLength = 16_000;

    // 3.2 MB: more than either window has left, so that the server must enlarge it meanwhile.
    private const int Messages = 200;

    private readonly Diary _diary = new();
    private readonly TaskCompletionSource _mayGoOn = Patience.Signal();

    // Two paused streams used up the window of the connection (1 MiB, of which each may use 768 KiB): no other stream could send.
    [Fact]
    public Task Two_paused_streams_do_not_stall_a_third() => AssertPausedStreamsStallNoOtherAsync(paused: 2, static _ => { });

    // Kestrel enlarges the window of the connection only once half of it has been consumed: a window of all streams' sizes is not enough.
    [Fact]
    public Task All_other_streams_may_be_paused() => AssertPausedStreamsStallNoOtherAsync(paused: 7, static kestrel =>
    {
        kestrel.Limits.Http2.MaxStreamsPerConnection = 8;
        kestrel.Limits.Http2.InitialStreamWindowSize = SmallWindow;
    });

    // The client leaves the windows of two streams as they are, so that their echoes stop after 64 KiB and the server stops reading from both.
    [Fact]
    public async Task Two_streams_that_the_client_does_not_read_do_not_stall_a_third()
    {
        await using var app = await TestApp.StartAsync(
            static app =>
            {
                app.MapPeer<Echo>();
                app.MapPeer<Lengths>();
            },
            protocols: HttpProtocols.Http2);
        await using var wire = await Http2Wire.ConnectAsync(app.Port);
        await wire.EnlargeWindowAsync(stream: 0, increment: 64 << 20);
        var message = RawFrame.Write(RawOpcode.Binary, new byte[PayloadLength]);
        var unread = new Dictionary<int, int>();
        for (var i = 1; i <= 2; i++)
        {
            var paused = await wire.OpenAsync(path: "/");
            unread[paused] = await wire.FillAsync(paused, message);
            await app.Logs.FindAsync(27, ordinal: i);
        }

        var stream = await wire.OpenAsync(path: "/lengths");
        for (var i = 0; i < Messages; i++)
        {
            await wire.SendWithinWindowAsync(stream, message);
            Assert.Equal([0x81, 5, .. "16000"u8], (await wire.ReceiveAsync(stream, Http2Type.Data)).Payload);
        }

        // Once the client reads, each of the two gets every echo: 16,000 bytes and a header of four.
        foreach (var (paused, count) in unread)
        {
            await wire.EnlargeWindowAsync(paused, 16 << 20);
            for (var missing = count * (PayloadLength + 4); missing > 0;) missing -= (await wire.ReceiveAsync(paused, Http2Type.Data)).Payload.Length;
        }

        Assert.All(app.Host.Peers, static peer => Assert.Equal(ReadyState.Open, peer.ReadyState));
    }

    private async Task AssertPausedStreamsStallNoOtherAsync(int paused, Action<KestrelServerOptions> configure)
    {
        await using var app = await TestApp.StartAsync(
            Map,
            configure: builder =>
            {
                builder.WebHost.ConfigureKestrel(configure);
                builder.Services.AddSingleton(_diary).AddSingleton(_mayGoOn);
            },
            protocols: HttpProtocols.Http2);
        await using var wire = await Http2Wire.ConnectAsync(app.Port);
        var message = RawFrame.Write(RawOpcode.Binary, new byte[PayloadLength]);
        var unread = 0;
        for (var i = 0; i < paused; i++) unread += await wire.FillAsync(await wire.OpenAsync(path: "/gated"), message);

        var stream = await wire.OpenAsync(path: "/lengths");
        for (var i = 0; i < Messages; i++)
        {
            await wire.SendWithinWindowAsync(stream, message);
            Assert.Equal([0x81, 5, .. "16000"u8], (await wire.ReceiveAsync(stream, Http2Type.Data)).Payload);
        }

        Assert.Empty(_diary.Rest());
        _mayGoOn.SetResult();
        for (var i = 0; i < unread; i++) Assert.Equal("16000", await _diary.NextAsync());
    }

    private static void Map(WebApplication app)
    {
        app.MapPeer<Gated>();
        app.MapPeer<Lengths>();
    }
}

/// <summary>Its hooks are pending until they may go on.</summary>
[PeerHandler("/gated")]
public sealed partial class Gated(Diary diary, TaskCompletionSource mayGoOn)
{
    [OnMessage]
    private async Task Received(ReadOnlyMemory<byte> data)
    {
        await mayGoOn.Task;
        diary.Write($"{data.Length}");
    }
}

/// <summary>Answers each message with its length.</summary>
[PeerHandler("/lengths")]
public sealed partial class Lengths
{
    [OnMessage]
    private static void Received(Peer peer, ReadOnlyMemory<byte> data) => peer.Send($"{data.Length}");
}
