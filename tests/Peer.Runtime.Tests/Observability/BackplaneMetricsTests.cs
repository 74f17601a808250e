using System.Text.RegularExpressions;
using Microsoft.Extensions.Time.Testing;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests.Observability;

/// <summary>Two nodes that talk over a backplane, with all that can befall them, and what every instrument of one's backplane says of it.</summary>
public sealed partial class BackplaneMetricsTests
{
    private const int Limit = 64 * 1024;

    private static readonly string[] s_expected =
    [
        "peer.backplane.dropped_messages{peer.backplane.name=memory,network.io.direction=receive} 1",
        "peer.backplane.dropped_messages{peer.backplane.name=memory,network.io.direction=transmit} 1",
        "peer.backplane.gaps{peer.backplane.name=memory,peer.gap.cause=dropped} 1",
        "peer.backplane.gaps{peer.backplane.name=memory,peer.gap.cause=interrupted} 1",
        "peer.backplane.gaps{peer.backplane.name=memory,peer.gap.cause=lost} 1",
        "peer.backplane.gaps{peer.backplane.name=memory,peer.gap.cause=node_lost} 1",
        "peer.backplane.io{peer.backplane.name=memory,network.io.direction=receive} 14",
        "peer.backplane.io{peer.backplane.name=memory,network.io.direction=transmit} 105",
        "peer.backplane.lost_messages{peer.backplane.name=memory,peer.gap.cause=dropped} 1",
        "peer.backplane.lost_messages{peer.backplane.name=memory,peer.gap.cause=lost} 2",
        "peer.backplane.messages{peer.backplane.name=memory,network.io.direction=receive} 4",
        "peer.backplane.messages{peer.backplane.name=memory,network.io.direction=transmit} 2",
        "peer.backplane.reconnects{peer.backplane.name=memory} 1",
    ];

    private readonly FakeTimeProvider _time = new();
    private readonly MemoryBackplane _backplane = new();

    [Fact]
    public async Task Every_instrument_of_a_backplane_says_what_happened()
    {
        using var meters = new TestMeters();
        using var reader = new MeterReader(meters);
        var wire = new LossyBackplane(_backplane.Connect());
        await using var here = new PeerHost(_time, meters: meters, backplane: _backplane.Connect(), backplaneOptions: new() { MaxIncomingBytes = Limit, MaxOutgoingBytes = Limit });
        await using var there = new PeerHost(_time, backplane: wire);
        await here.StartAsync();
        await there.StartAsync();
        await using var client = await MemoryClient.ConnectAsync(here, new ScriptedHandler());
        client.Peer.Subscribe("room");
        await here.WhenSubscribed();

        await TalkAsync(here, there, client, wire);
        await InterruptAsync(here, there, client);
        wire.IsDead = true;
        while (here.OtherNodes.Count > 0) _time.Advance(TimeSpan.FromSeconds(1));

        // All was counted before the answers and the silence that were waited for.
        var lines = reader.Lines().Where(IsOfBackplane).ToArray();
        Assert.Equal(s_expected, lines);
        Assert.Equal(reader.Instruments.Where(IsOfBackplane), lines.Select(line => Name().Match(line).Value).Distinct());
    }

    private static bool IsOfBackplane(string line) => line.StartsWith("peer.backplane.", StringComparison.Ordinal);

    private static async Task TalkAsync(PeerHost here, PeerHost there, MemoryClient client, LossyBackplane wire)
    {
        here.PublishBinary("hall", new byte[100]);
        here.Publish("room", "hello");
        Assert.Equal("hello", await client.ReceiveTextAsync());
        here.PublishBinary("hall", new byte[Limit]);

        there.Publish("room", "first");
        there.PublishBinary("room", []);
        Assert.Equal("first", await client.ReceiveTextAsync());
        Assert.Empty((await client.ReceiveAsync()).Payload);

        wire.LosesPayload = "lost"u8.ToArray();
        there.Publish("room", "lost");
        there.Publish("room", "lost");
        there.Publish("room", "found");
        Assert.Equal("found", await client.ReceiveTextAsync());
        there.PublishBinary("room", new byte[Limit]);
    }

    private async Task InterruptAsync(PeerHost here, PeerHost there, MemoryClient client)
    {
        // What one node was asked for, it has sent; what nodes tell each other is not counted as messages.
        Assert.Equal(1, (await here.CountAsync("room")).Count);
        Assert.Equal(1, (await there.CountAsync("room")).Count);
        _backplane.Cut();
        _backplane.Restore();
        there.Publish("room", "back");
        Assert.Equal("back", await client.ReceiveTextAsync());
        Assert.Equal(1, (await here.CountAsync("room")).Count);
    }

    [GeneratedRegex(@"^[\w.]+")]
    private static partial Regex Name();
}
