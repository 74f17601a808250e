using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>The closing handshake that the server begins, RFC 6455 §7.1.2, with clients that do not play along.</summary>
public sealed class OwnCloseTests(ImpatientServer server) : IClassFixture<ImpatientServer>
{
    public static TheoryData<Link> EveryLink { get; } = [.. Links.All];

    [Theory]
    [MemberData(nameof(EveryLink))]
    public async Task A_client_that_never_answers_the_close_frame_is_cut(Link link)
    {
        await using var client = await OpenAsync(link);
        server.Host.Peers.Single().Close((CloseCode)4000, "enough");

        Assert.Equal(4000, (await client.ReceiveAsync(RawOpcode.Close)).CloseCode);
        await client.ReceiveNothingMoreAsync();
        await server.OnlyRemainsAsync(0);
    }

    [Theory]
    [MemberData(nameof(EveryLink))]
    public async Task What_the_client_still_sends_is_not_answered_and_its_close_frame_ends_it(Link link)
    {
        await using var client = await OpenAsync(link);
        server.Host.Peers.Single().Close((CloseCode)4000, "enough");
        await client.SendRawAsync((byte[])[.. RawFrame.Write("late"), .. RawFrame.Write(RawOpcode.Ping, "late"u8), .. RawFrame.Write(RawOpcode.Binary, new byte[60_000])]);

        Assert.Equal(4000, await client.ReceiveCloseAsync());
        await server.OnlyRemainsAsync(0);
    }

    public static MatrixTheoryData<Link, string> EveryBreach { get; } = new(Links.All, ["F180 00000000", "82FF 7FFFFFFFFFFFFFFF 00000000", "8181 00000000 FF", "8881 00000000 FF"]);

    // Reading ended with the breach, and a server below that closes on what was not read answers with a reset.
    [Theory]
    [MemberData(nameof(EveryBreach))]
    public async Task The_close_frame_reaches_a_client_that_breaks_the_protocol_before_it_has_read_it(Link link, string breach)
    {
        await using var client = await OpenAsync(link);
        server.Host.Peers.Single().Close((CloseCode)4000, "enough");
        await client.SendRawAsync((byte[])[.. Convert.FromHexString(breach.Replace(" ", "", StringComparison.Ordinal)), .. RawFrame.Write(RawOpcode.Binary, new byte[60_000])]);
        await client.SendRawAsync(RawFrame.Write(RawOpcode.Binary, new byte[60_000]));

        Assert.Equal(4000, (await client.ReceiveAsync(RawOpcode.Close)).CloseCode);
        await server.OnlyRemainsAsync(0);
    }

    private async Task<RawClient> OpenAsync(Link link)
    {
        await server.OnlyRemainsAsync(0);
        var client = await server.ConnectAsync(link);
        await client.SendAsync("well?");
        Assert.Equal("well?", await client.ReceiveTextAsync());
        return client;
    }
}
