using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>What docs/start.md shows does what it says.</summary>
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
}
