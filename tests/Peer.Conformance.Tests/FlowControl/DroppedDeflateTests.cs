using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests.FlowControl;

/// <summary>Messages that are dropped while compressed ones refer to those before them, RFC 7692 §7.1.1: the client can inflate each one that it receives.</summary>
public sealed class DroppedDeflateTests
{
    private const int Size = 4096;

    // At least so many published messages, and so many direct ones, are dropped before the client begins to read.
    private const int Drops = 50;

    private readonly Diary _diary = new();

    public static MatrixTheoryData<Link, SlowPeerPolicy> EveryDroppingPolicy { get; } =
        new([Link.Tcp, Link.Http2], [SlowPeerPolicy.DropNewest, SlowPeerPolicy.DropOldest, SlowPeerPolicy.KeepLatest]);

    [Theory]
    [MemberData(nameof(EveryDroppingPolicy))]
    public async Task A_client_inflates_everything_that_it_receives_before_and_after_messages_were_dropped(Link link, SlowPeerPolicy policy)
    {
        await using var app = await StartAsync(link, policy);
        using var http = Links.CreateHttp();
        await using var client = await link.ConnectNarrowAsync(http, app.Port, "/bulletin", ("Sec-WebSocket-Extensions", "permessage-deflate"));
        Assert.DoesNotContain("server_no_context_takeover", client.Handshake!.Header("Sec-WebSocket-Extensions"), StringComparison.Ordinal);
        Assert.Equal("subscribed", await _diary.NextAsync());
        var peer = app.Host.Peers.Single();
        using var deflate = new RawDeflate(clientTakesOver: true, serverTakesOver: true);

        var sent = SendUntilDropped(app, peer);
        var numbers = await ReceiveUntilMarkAsync(client, deflate);
        Assert.InRange(numbers.Count, 1, sent - (2 * Drops));
        Assert.Equal(numbers.Order(), numbers);

        // These refer to what was received before.
        for (var i = sent; i < sent + 20; i++)
        {
            if (i % 2 == 0) peer.Send(Text(i), compress: true);
            else app.Host.Publish("bulletins", Text(i), compress: true);
            Assert.Equal(i, NumberOf(Inflate(await client.ReceiveAsync(RawOpcode.Text), deflate)));
        }
    }

    // Direct sends and published messages in turn.
    private static int SendUntilDropped(TestApp app, Peer peer)
    {
        using var reader = new MeterReader(app.Services.GetRequiredService<IMeterFactory>());
        var (sent, refused) = (0, 0);
        do
        {
            Assert.True(sent < 100_000, "nothing is dropped");
            for (var i = 0; i < 64; i++)
            {
                if (peer.Send(Text(sent++), compress: true) == SendStatus.Dropped) refused++;
                app.Host.Publish("bulletins", Text(sent++), compress: true);
            }
        }
        while (refused < Drops || DroppedOf(reader) - refused < Drops);

        return sent;
    }

    private static int DroppedOf(MeterReader reader) => reader.Lines()
        .Where(static line => line.StartsWith("peer.dropped_messages", StringComparison.Ordinal))
        .Sum(static line => int.Parse(line.AsSpan(line.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture));

    private static async Task<List<int>> ReceiveUntilMarkAsync(RawClient client, RawDeflate deflate)
    {
        await client.SendAsync("mark");
        var (numbers, compressed) = (new List<int>(), 0);
        RawFrame frame;
        for (frame = await client.ReceiveAsync(RawOpcode.Text); frame.Text != "mark"; frame = await client.ReceiveAsync(RawOpcode.Text))
        {
            numbers.Add(NumberOf(Inflate(frame, deflate)));
            if (frame.Rsv == 4) compressed++;
        }

        Assert.NotEqual(0, compressed);
        return numbers;
    }

    private static string Inflate(RawFrame frame, RawDeflate deflate) => frame.Rsv == 4 ? Encoding.UTF8.GetString(deflate.Inflate(frame.Payload, Size)) : frame.Text;

    private static int NumberOf(string text)
    {
        var number = int.Parse(text.AsSpan(0, text.IndexOf(' ', StringComparison.Ordinal)), CultureInfo.InvariantCulture);
        Assert.Equal(Text(number), text);
        return number;
    }

    // Half of it is in every message, half in none other: what refers to the wrong message shows.
    private static string Text(int number)
    {
        var noise = new byte[Size];
        new Random(number).NextBytes(noise);
        return $"{number} {s_common}{Convert.ToBase64String(noise)}"[..Size];
    }

    private static readonly string s_common = string.Concat(Enumerable.Range(0, 200).Select(static i => $"bulletin{i * 7919} "))[..(Size / 2)];

    private Task<TestApp> StartAsync(Link link, SlowPeerPolicy policy) => TestApp.StartAsync(
        app => app.MapPeer<Bulletin>(),
        options =>
        {
            (options.MaxBufferedBytes, options.SlowPeerPolicy) = (64 * 1024, policy);
            (options.Compression.Enabled, options.Compression.ServerContextTakeover) = (true, true);
        },
        builder => builder.Services.AddSingleton(_diary),
        link.Protocols());
}

/// <summary>Subscribes to bulletins, and replies with what it receives.</summary>
[PeerHandler("/bulletin")]
public sealed partial class Bulletin(Diary diary)
{
    [OnOpen]
    private void Opened(Peer peer)
    {
        peer.Subscribe("bulletins");
        diary.Write("subscribed");
    }

    [OnMessage]
    private static void Requested(Peer peer, string text) => peer.Send(text);
}
