using System.Text;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>Connections that begin slowly and end in the middle of something: no other peer notices, and nothing is left of them.</summary>
public sealed class ConnectionEndTests(ConformanceServer server) : IClassFixture<ConformanceServer>
{
    private static readonly Dictionary<string, byte[]> s_middles = new(StringComparer.Ordinal)
    {
        ["between frames"] = [],
        ["within a header"] = [0x82, 0xFE, 0x01],
        ["within a masking key"] = [0x82, 0x85, 1, 2],
        ["within a payload"] = RawFrame.Write(RawOpcode.Binary, new byte[1000])[..500],
        ["within a fragmented message"] = RawFrame.Write(RawOpcode.Text, "half a "u8, fin: false),
        ["within a ping"] = RawFrame.Write(RawOpcode.Ping, new byte[100])[..50],
        ["within a close frame"] = RawFrame.Write(RawOpcode.Close, RawFrame.ClosePayload(1000))[..7],
    };

    public static TheoryData<Link> EveryOwnLink { get; } = [.. Links.OfTheirOwn];

    public static MatrixTheoryData<Link, string> EveryMiddle { get; } = new(Links.All, s_middles.Keys);

    public static MatrixTheoryData<Link, string> EveryMiddleOnItsOwnLink { get; } = new(Links.OfTheirOwn, s_middles.Keys);

    [Theory]
    [MemberData(nameof(EveryOwnLink))]
    public async Task A_handshake_byte_by_byte_with_frames_right_behind_it_is_understood(Link link)
    {
        await using var client = await RawClient.DialAsync(server.PortOf(link), link == Link.Tls);
        await client.SendChoppedAsync((byte[])[.. Encoding.ASCII.GetBytes(RawClient.UpgradeRequest()), .. RawFrame.Write("one"), .. RawFrame.Write("two")], 1);

        Assert.Equal(101, (await client.ReceiveAnswerAsync()).Status);
        Assert.Equal("one", await client.ReceiveTextAsync());
        await client.AssertEchoAsync(RawOpcode.Text, "two"u8.ToArray());
    }

    [Theory]
    [MemberData(nameof(EveryOwnLink))]
    public async Task Frames_in_one_write_with_the_handshake_are_answered_behind_it(Link link)
    {
        await using var client = await RawClient.DialAsync(server.PortOf(link), link == Link.Tls);
        await client.SendRawAsync((byte[])[.. Encoding.ASCII.GetBytes(RawClient.UpgradeRequest()), .. RawFrame.Write("one"), .. RawFrame.Write(RawOpcode.Close, RawFrame.ClosePayload(1001))]);

        Assert.Equal(101, (await client.ReceiveAnswerAsync()).Status);
        Assert.Equal("one", await client.ReceiveTextAsync());
        Assert.Equal(1001, (await client.ReceiveAsync(RawOpcode.Close)).CloseCode);
        await client.ReceiveEndAsync();
    }

    [Theory]
    [MemberData(nameof(EveryOwnLink))]
    public async Task A_fault_in_one_write_with_the_handshake_is_told_behind_it(Link link)
    {
        await using var client = await RawClient.DialAsync(server.PortOf(link), link == Link.Tls);
        await client.SendRawAsync((byte[])[.. Encoding.ASCII.GetBytes(RawClient.UpgradeRequest()), .. RawFrame.Write("one"), .. RawFrame.Write(RawOpcode.Text, "x"u8, rsv: 4)]);

        Assert.Equal(101, (await client.ReceiveAnswerAsync()).Status);
        Assert.Equal("one", await client.ReceiveTextAsync());
        await client.AssertFailedAsync(1002);
    }

    [Theory]
    [MemberData(nameof(EveryMiddle))]
    public async Task A_client_that_is_gone_in_the_middle_leaves_no_peer_behind(Link link, string middle)
    {
        await using var bystander = await server.ConnectAsync(link);
        await AssertWellAsync(bystander);
        var client = await server.ConnectAsync(link);
        await AssertWellAsync(client);
        await client.SendRawAsync(s_middles[middle]);
        await client.DisposeAsync();

        await server.OnlyRemainsAsync(1);
        await AssertWellAsync(bystander);
        Assert.Equal(1000, await bystander.CloseAsync());
        await server.OnlyRemainsAsync(0);
    }

    [Theory]
    [MemberData(nameof(EveryMiddleOnItsOwnLink))]
    public async Task A_client_that_resets_in_the_middle_leaves_no_peer_behind(Link link, string middle)
    {
        await using var client = await server.ConnectAsync(link);
        await AssertWellAsync(client);
        await client.SendRawAsync(s_middles[middle]);
        client.Reset();

        await server.OnlyRemainsAsync(0);
    }

    [Theory]
    [InlineData("between frames")]
    [InlineData("within a header")]
    [InlineData("within a payload")]
    [InlineData("within a fragmented message")]
    public async Task A_client_that_half_closes_in_the_middle_gets_the_end_and_leaves_no_peer_behind(string middle)
    {
        // What is still to be answered then is not promised: the server below takes the client's end for the end of both directions.
        await using var client = await server.ConnectAsync(Link.Tcp);
        await AssertWellAsync(client);
        await client.SendRawAsync(s_middles[middle]);
        client.HalfClose();

        await client.ReceiveNothingMoreAsync();
        await server.OnlyRemainsAsync(0);
    }

    private static async Task AssertWellAsync(RawClient client)
    {
        await client.SendAsync("well?");
        Assert.Equal("well?", await client.ReceiveTextAsync());
    }
}
