using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests.Handshake;

/// <summary>What the log and the meter say of a rejected handshake.</summary>
public sealed class RejectionLogTests
{
    private const string Secret = "eyJhbGciOiJIUzI1NiJ9.c2VjcmV0.sig";

    // It was logged at no level.
    [Fact]
    public async Task A_rejection_by_the_hook_is_logged_once_at_debug()
    {
        await using var app = await StartAsync(_ => UpgradeResult.Reject(402, "pay first"));
        var answer = await app.RequestAsync(RawClient.UpgradeRequest("/door"));

        Assert.Equal((402, "pay first"), (answer.Status, answer.Body));
        var line = await app.Logs.FindAsync(114);
        Assert.Equal((LogLevel.Debug, "OnUpgrade of Door rejected a client of '/door' (402)."), (line.Level, line.Text));
        Assert.Single(app.Logs.Lines, one => one.Category == "Peers");
    }

    // The offered subprotocols were logged, tokens among them, with the advice to choose one.
    [Theory]
    [InlineData("reject")]
    [InlineData("accept")]
    [InlineData("choose another")]
    [InlineData("throw")]
    [InlineData("reject with a bad header")]
    public async Task A_token_in_a_subprotocol_stands_in_no_line_whatever_the_hook_does(string decision)
    {
        await using var app = await StartAsync(request => decision switch
        {
            "reject" => UpgradeResult.Reject(401),
            "accept" => UpgradeResult.Accept(),
            "choose another" => UpgradeResult.Accept(request.Subprotocols[1].ToUpperInvariant()),
            "throw" => throw new InvalidOperationException("no"),
            _ => UpgradeResult.Reject(401).WithHeader("X-\u00E4", "a"),
        });
        await using (var client = await RawClient.DialAsync(app.Port))
        {
            await client.RequestAsync(RawClient.UpgradeRequest("/door", ("Sec-WebSocket-Protocol", $"bearer, {Secret}")));
        }

        await app.Logs.UntilAsync(() => app.Logs.Lines.Any(line => line.Category == "Peers" && line.EventId >= 100));
        Assert.DoesNotContain(app.Logs.Lines, line => $"{line.Text} {line.Exception}".Contains(Secret, StringComparison.OrdinalIgnoreCase));
        if (decision == "reject") Assert.DoesNotContain(app.Logs.Lines, line => line.EventId == 104);
    }

    // The client got a 400 without a body, and neither log nor meter told it from a rejection by the hook.
    [Theory]
    [InlineData("/pages/twelve", 400)]
    [InlineData("/pages/99999999999", 400)]
    [InlineData("/pages/1.5", 400)]
    [InlineData("/pages/12", 101)]
    public async Task A_route_value_that_cannot_be_read_is_named_in_log_and_body_and_counted_by_itself(string path, int status)
    {
        await using var app = await TestApp.StartAsync(app => app.MapPeer<NumberedPage>("/pages/{number}"));
        using var reader = new MeterReader(app.Services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>());
        var answer = await app.RequestAsync(RawClient.UpgradeRequest(path));

        Assert.Equal(status, answer.Status);
        if (status == 101) return;

        Assert.Equal("The route value 'number' is missing or cannot be read.", answer.Body);
        var line = await app.Logs.FindAsync(115);
        Assert.Equal((LogLevel.Debug, "A request to '/pages/{number}' was refused (400): its route value 'number' is missing or cannot be read."), (line.Level, line.Text));
        Assert.Equal(
            ["peer.handshakes{peer.handler=NumberedPage,peer.handshake.outcome=route_value} 1"],
            reader.Lines().Where(one => one.StartsWith("peer.handshakes", StringComparison.Ordinal)));
    }

    // It was counted as a rejection by the hook and as a failure.
    [Fact]
    public async Task A_rejection_that_cannot_be_answered_is_counted_once()
    {
        await using var app = await StartAsync(_ => UpgradeResult.Reject(401).WithHeader("X-Name", "\u00E4"));
        using var reader = new MeterReader(app.Services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>());

        Assert.Equal(500, (await app.RequestAsync(RawClient.UpgradeRequest("/door"))).Status);
        Assert.Equal(
            ["peer.handshakes{peer.handler=Door,peer.handshake.outcome=failed} 1"],
            reader.Lines().Where(one => one.StartsWith("peer.handshakes", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_handshake_while_the_application_stops_is_logged()
    {
        await using var app = await StartAsync(_ => UpgradeResult.Accept());
        app.Services.GetRequiredService<PeerEndpoints>().Stop();

        Assert.Equal(503, (await app.RequestAsync(RawClient.UpgradeRequest("/door"))).Status);
        Assert.Equal("A request to '/door' was refused (503): The server is shutting down.", (await app.Logs.FindAsync(100)).Text);
    }

    private static Task<TestApp> StartAsync(Func<UpgradeRequest, UpgradeResult> decide) =>
        TestApp.StartAsync(app => app.MapPeer<Door>("/door"), configure: builder => builder.Services.AddSingleton(new Doorman(decide)));
}

public sealed partial class NumberedPage
{
    [OnMessage]
    private static void Answer(Peer peer, string text, [FromRoute] int number) => peer.Send($"{text} {number}");
}
