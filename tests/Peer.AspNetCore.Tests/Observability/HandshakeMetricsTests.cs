using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Peers.TestKit;
using Peers.Tests.Handshake;
using Peers.Tests.Kit;

namespace Peers.Tests.Observability;

/// <summary>What the meter says of clients that were turned away, and of real connections.</summary>
public sealed class HandshakeMetricsTests
{
    [Theory]
    [InlineData("malformed", 426, "Upgrade", null)]
    [InlineData("origin", 403, "Origin", "https://elsewhere.example")]
    [InlineData("full", 503, "X-Nothing", "")]
    public async Task Who_is_turned_away_before_the_hook_is_counted_by_the_reason(string reason, int status, string name, string? value)
    {
        await using var app = await TestApp.StartAsync(app => app.MapPeer<EchoHandler>(), options => options.MaxPeers = 1);
        await using var first = reason == "full" ? await app.ConnectAsync("/echo") : null;
        using var reader = Listen(app);
        var answer = await app.RequestAsync(RawClient.UpgradeRequest("/echo", (name, value)));

        Assert.Equal(status, answer.Status);
        Assert.Contains($"peer.handshakes{{peer.handler=EchoHandler,peer.handshake.outcome={reason}}} 1", reader.Lines());
    }

    [Theory]
    [InlineData("hook", 401)]
    [InlineData("failed", 500)]
    public async Task Whom_the_hook_turns_away_is_told_from_whom_it_fails(string reason, int status)
    {
        var doorman = new Doorman(_ => reason == "hook" ? UpgradeResult.Reject(401) : throw new InvalidOperationException());
        await using var app = await TestApp.StartAsync(app => app.MapPeer<Door>("/door"), configure: builder => builder.Services.AddSingleton(doorman));
        using var reader = Listen(app);
        var answer = await app.RequestAsync(RawClient.UpgradeRequest("/door"));

        Assert.Equal(status, answer.Status);
        Assert.Equal([$"peer.handshakes{{peer.handler=Door,peer.handshake.outcome={reason}}} 1"], reader.Lines().Where(line => line.StartsWith("peer.handshakes", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task MaxPeers_and_AllowedOrigins_count_as_limits_too()
    {
        await using var app = await TestApp.StartAsync(app => app.MapPeer<EchoHandler>(), options => options.MaxPeers = 1);
        await using var first = await app.ConnectAsync("/echo");
        using var reader = Listen(app);
        await app.RequestAsync(RawClient.UpgradeRequest("/echo"));
        await app.RequestAsync(RawClient.UpgradeRequest("/echo", ("Origin", "https://elsewhere.example")));

        Assert.Contains("peer.exceeded_limits{peer.handler=EchoHandler,peer.limit=MaxPeers} 1", reader.Lines());
        Assert.Contains("peer.exceeded_limits{peer.handler=EchoHandler,peer.limit=AllowedOrigins} 1", reader.Lines());
    }

    [Fact]
    public async Task A_peer_of_the_server_is_counted_by_the_applications_meter_factory()
    {
        await using var app = await TestApp.StartAsync(app => app.MapPeer<EchoHandler>());
        using var reader = Listen(app);
        await using var client = await app.ConnectAsync("/echo");
        await client.SendAsync("hello");
        Assert.Equal("hello", await client.ReceiveTextAsync());

        await reader.UntilAsync("peer.sent_messages{peer.handler=EchoHandler,peer.message.type=$text} 1");
        Assert.Contains("peer.active_connections{peer.handler=EchoHandler} 1", reader.Lines());
        Assert.Contains("peer.received_messages{peer.handler=EchoHandler,peer.message.type=$text} 1", reader.Lines());
    }

    private static MeterReader Listen(TestApp app) => new(app.Services.GetRequiredService<IMeterFactory>());
}
