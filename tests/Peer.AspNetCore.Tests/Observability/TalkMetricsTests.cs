using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests.Observability;

/// <summary>A conversation of which every number is known, and what every instrument of the meter says of it.</summary>
public sealed partial class TalkMetricsTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Diary _diary = new();

    [Fact]
    public async Task Every_instrument_says_what_happened()
    {
        await using var app = await StartAsync();
        using var reader = new MeterReader(app.Services.GetRequiredService<IMeterFactory>());

        Assert.Equal(401, (await app.RequestAsync(RawClient.UpgradeRequest("/talk?as=stranger"))).Status);
        Assert.Equal(426, (await app.RequestAsync(RawClient.UpgradeRequest("/talk", ("Upgrade", null)))).Status);
        await using var ada = await ConnectAsync(app);
        await using var ben = await ConnectAsync(app);
        await TalkAsync(ada, ben);
        await LeaveAsync(app, ada, ben);

        await reader.UntilAsync("peer.closed_connections{peer.handler=Talk,peer.close.code=other,peer.close.initiator=local} 1");
        await reader.UntilAsync("peer.closed_connections{peer.handler=Talk,peer.close.code=1001,peer.close.initiator=remote} 1");
        await reader.UntilAsync("peer.connection.duration{peer.handler=Talk} 2 120");
        var lines = reader.Lines();

        // How long a loop was busy is not the test's to know.
        Assert.Equal(s_expected, lines.Where(line => !line.StartsWith("peer.event_loop", StringComparison.Ordinal)));
        Assert.Equal(reader.Instruments.Where(name => !IsOfBackplane(name)), lines.Select(line => Name().Match(line).Value).Distinct());
        Assert.Equal(Transport.Loops > 0, reader.Instruments.Contains("peer.event_loop.pass.duration"));
    }

    // Those take two nodes, and have a test of their own in Peer.Runtime.Tests.
    private static bool IsOfBackplane(string name) => name.StartsWith("peer.backplane.", StringComparison.Ordinal);

    private static readonly string[] s_expected =
    [
        "peer.active_connections{peer.handler=Talk} 0",
        "peer.closed_connections{peer.handler=Talk,peer.close.code=1001,peer.close.initiator=remote} 1",
        "peer.closed_connections{peer.handler=Talk,peer.close.code=other,peer.close.initiator=local} 1",
        "peer.connection.duration{peer.handler=Talk} 2 120",
        "peer.dropped_messages{peer.handler=Talk,peer.policy=DropNewest} 1",
        "peer.exceeded_limits{peer.handler=Talk,peer.limit=DrainThreshold} 1",
        "peer.handshakes{peer.handler=Talk,peer.handshake.outcome=accepted} 2",
        "peer.handshakes{peer.handler=Talk,peer.handshake.outcome=hook} 1",
        "peer.handshakes{peer.handler=Talk,peer.handshake.outcome=malformed} 1",
        "peer.hook.duration{peer.handler=Talk,peer.hook=OnClose} 2 0",
        "peer.hook.duration{peer.handler=Talk,peer.hook=OnError} 2 0",
        "peer.hook.duration{peer.handler=Talk,peer.hook=OnMessage,peer.message.type=$binary} 1 0",
        "peer.hook.duration{peer.handler=Talk,peer.hook=OnMessage,peer.message.type=$other} 1 0",
        "peer.hook.duration{peer.handler=Talk,peer.hook=OnMessage,peer.message.type=dismiss} 1 0",
        "peer.hook.duration{peer.handler=Talk,peer.hook=OnMessage,peer.message.type=flood} 1 0",
        "peer.hook.duration{peer.handler=Talk,peer.hook=OnMessage,peer.message.type=repeat} 1 0",
        "peer.hook.duration{peer.handler=Talk,peer.hook=OnMessage,peer.message.type=trip,error.type=System.FormatException} 1 0",
        "peer.hook.duration{peer.handler=Talk,peer.hook=OnMessage,peer.message.type=utter} 1 2",
        "peer.hook.duration{peer.handler=Talk,peer.hook=OnOpen} 2 0",
        "peer.hook.duration{peer.handler=Talk,peer.hook=OnUpgrade} 3 0",
        "peer.message.io{peer.handler=Talk,peer.message.type=$binary,network.io.direction=receive} 3",
        "peer.message.io{peer.handler=Talk,peer.message.type=$binary,network.io.direction=transmit} 803",
        "peer.message.io{peer.handler=Talk,peer.message.type=$end,network.io.direction=transmit} 23",
        "peer.message.io{peer.handler=Talk,peer.message.type=$error,network.io.direction=transmit} 90",
        "peer.message.io{peer.handler=Talk,peer.message.type=$other,network.io.direction=receive} 30",
        "peer.message.io{peer.handler=Talk,peer.message.type=dismiss,network.io.direction=receive} 30",
        "peer.message.io{peer.handler=Talk,peer.message.type=flood,network.io.direction=receive} 29",
        "peer.message.io{peer.handler=Talk,peer.message.type=repeat,network.io.direction=receive} 35",
        "peer.message.io{peer.handler=Talk,peer.message.type=trip,network.io.direction=receive} 32",
        "peer.message.io{peer.handler=Talk,peer.message.type=utter,network.io.direction=receive} 31",
        "peer.message.io{peer.handler=Talk,peer.message.type=uttered,network.io.direction=transmit} 140",
        "peer.network.io{peer.handler=Talk,network.io.direction=receive} 248",
        "peer.network.io{peer.handler=Talk,network.io.direction=transmit} 1086",
        "peer.publish.width{peer.message.type=uttered} 1 1",
        "peer.received_messages{peer.handler=Talk,peer.message.type=$binary} 1",
        "peer.received_messages{peer.handler=Talk,peer.message.type=$other} 1",
        "peer.received_messages{peer.handler=Talk,peer.message.type=dismiss} 1",
        "peer.received_messages{peer.handler=Talk,peer.message.type=flood} 1",
        "peer.received_messages{peer.handler=Talk,peer.message.type=repeat} 1",
        "peer.received_messages{peer.handler=Talk,peer.message.type=trip} 1",
        "peer.received_messages{peer.handler=Talk,peer.message.type=utter} 1",
        "peer.send_buffer.usage{peer.handler=Talk} 0",
        "peer.sent_messages{peer.handler=Talk,peer.message.type=$binary} 3",
        "peer.sent_messages{peer.handler=Talk,peer.message.type=$end} 1",
        "peer.sent_messages{peer.handler=Talk,peer.message.type=$error} 1",
        "peer.sent_messages{peer.handler=Talk,peer.message.type=uttered} 4",
    ];

    private static async Task TalkAsync(RawClient ada, RawClient ben)
    {
        await ada.SendAsync("""{"type":"utter","text":"hello"}""");
        Assert.Equal("""{"type":"uttered","text":"hello"}""", await ben.ReceiveTextAsync());
        Assert.Equal("""{"type":"uttered","text":"hello"}""", await ada.ReceiveTextAsync());

        await ada.SendAsync("""{"type":"repeat","$id":7,"times":2}""");
        for (var i = 0; i < 2; i++) await ada.ReceiveTextAsync();
        Assert.Equal("""{"type":"$end","$re":7}""", await ada.ReceiveTextAsync());

        await ada.SendAsync("""{"type":"flood","length":400}""");
        for (var i = 0; i < 2; i++) await ben.ReceiveAsync(RawOpcode.Binary);

        await ada.SendAsync("""{"type":"trip","over":"a stone"}""");
        await ada.SendAsync("""{"type":"made up by a client"}""");
        Assert.Contains("unknown-type", await ada.ReceiveTextAsync(), StringComparison.Ordinal);

        await ada.SendFrameAsync(RawOpcode.Binary, new byte[3]);
        await ada.ReceiveAsync(RawOpcode.Binary);
    }

    private async Task LeaveAsync(TestApp app, RawClient ada, RawClient ben)
    {
        _time.Advance(TimeSpan.FromSeconds(58));
        await ada.SendAsync("""{"type":"dismiss","code":4001}""");
        Assert.Equal(4001, await ada.ReceiveCloseAsync());
        await ada.SendCloseAsync(4001);
        Assert.Equal("closed", await _diary.NextAsync());
        Assert.Equal(1001, await ben.CloseAsync(1001));
        Assert.Equal("closed", await _diary.NextAsync());
        await app.Logs.FindAsync(2, ordinal: 2);
    }

    private async Task<RawClient> ConnectAsync(TestApp app)
    {
        var client = await app.ConnectAsync("/talk");
        Assert.Equal("opened", await _diary.NextAsync());
        return client;
    }

    private Task<TestApp> StartAsync() => TestApp.StartAsync(
        app => app.MapPeer<Talk>(),
        options => (options.MaxBufferedBytes, options.SlowPeerPolicy, options.DrainThreshold, options.KeepAliveInterval) = (1000, SlowPeerPolicy.DropNewest, 600, Timeout.InfiniteTimeSpan),
        builder => builder.Services.AddSingleton(_diary).AddSingleton(_time).AddSingleton<TimeProvider>(_time));

    [GeneratedRegex(@"^[\w.]+")]
    private static partial Regex Name();
}
