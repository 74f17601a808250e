using Microsoft.AspNetCore.Builder;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>What the docs show does what it says.</summary>
public sealed class DocsTests
{
    [Fact]
    public async Task The_upgrade_hook_of_the_docs_turns_away_who_has_no_token()
    {
        await using var app = await TestApp.StartAsync(map => map.MapPeer<PrivateRoom>());
        var answer = await app.RequestAsync(RawClient.UpgradeRequest("/private/a"));

        Assert.Equal((401, "A token is missing."), (answer.Status, answer.Body));
    }

    [Fact]
    public async Task The_upgrade_hook_of_the_docs_lets_in_who_has_one_and_picks_the_subprotocol()
    {
        await using var app = await TestApp.StartAsync(map => map.MapPeer<PrivateRoom>());
        await using var client = await app.ConnectAsync("/private/a?token=open%20sesame", ("Sec-WebSocket-Protocol", "chat.v1, chat.v2"));

        Assert.Equal("chat.v2", await client.ReceiveTextAsync());
        Assert.Equal("chat.v2", client.Handshake!.Header("Sec-WebSocket-Protocol"));
        Assert.Equal("a", client.Handshake!.Header("X-Room"));
    }

    [Fact]
    public async Task The_limiter_of_the_docs_is_shared_by_the_peers_of_a_user()
    {
        await using var app = await TestApp.StartAsync(map => map.MapPeer<EchoHandler>(), options => options.MessageRate.UseLimiter(Limiters.PerUser));
        await using var first = await app.ConnectAsync("/echo");
        await using var second = await app.ConnectAsync("/echo");
        for (var i = 0; i < 100; i++) await first.SendAsync("x");
        for (var i = 0; i < 100; i++) Assert.Equal("x", await first.ReceiveTextAsync());
        await second.SendRawAsync(Enumerable.Range(0, 1000).SelectMany(_ => RawFrame.Write("y")).ToArray());

        RawFrame frame;
        do frame = await second.ReceiveFrameAsync();
        while (frame.Opcode == RawOpcode.Text);
        Assert.Equal(1013, frame.CloseCode);
    }

    // All users with a JWT shared one bucket, because Identity.Name is null for them.
    [Theory]
    [InlineData("sub")]
    [InlineData(System.Security.Claims.ClaimTypes.NameIdentifier)]
    public async Task The_limiter_of_the_docs_gives_each_subject_a_bucket_of_its_own(string claim)
    {
        await using var app = await TestApp.StartAsync(
            map =>
            {
                map.Use((http, next) =>
                {
                    http.User = new(new System.Security.Claims.ClaimsIdentity([new(claim, http.Request.Headers["X-Subject"]!)], "jwt"));
                    return next(http);
                });
                map.MapPeer<EchoHandler>();
            },
            options => options.MessageRate.UseLimiter(Limiters.PerUser));
        await using var first = await app.ConnectAsync("/echo", ("X-Subject", $"first {claim}"));
        await using var second = await app.ConnectAsync("/echo", ("X-Subject", $"second {claim}"));
        foreach (var client in new[] { first, second })
        {
            for (var i = 0; i < 100; i++) await client.SendAsync("x");
            for (var i = 0; i < 100; i++) Assert.Equal("x", await client.ReceiveTextAsync());
        }
    }
}
