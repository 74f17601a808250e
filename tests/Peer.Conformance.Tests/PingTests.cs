using System.Text;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>Pings and pongs, RFC 6455 §5.5.2 and §5.5.3.</summary>
public sealed class PingTests(ConformanceServer server) : IClassFixture<ConformanceServer>
{
    public static TheoryData<Link> EveryLink { get; } = [.. Links.All];

    public static MatrixTheoryData<Link, int> EveryLength { get; } = new(Links.All, [0, 1, 5, 124, 125]);

    [Theory]
    [MemberData(nameof(EveryLength))]
    public async Task A_pong_has_the_payload_of_its_ping(Link link, int length)
    {
        var payload = Enumerable.Range(0, length).Select(i => (byte)(0xFE - i)).ToArray();
        await using var client = await server.ConnectAsync(link);
        await client.SendFrameAsync(RawOpcode.Ping, payload);

        await client.AssertEchoAsync(RawOpcode.Pong, payload);
    }

    [Theory]
    [MemberData(nameof(EveryLink))]
    public async Task A_ping_of_125_bytes_that_comes_byte_by_byte_is_answered(Link link)
    {
        var payload = Encoding.ASCII.GetBytes(new string('p', 125));
        await using var client = await server.ConnectAsync(link);
        await client.SendChoppedAsync(RawFrame.Write(RawOpcode.Ping, payload), 1);

        await client.AssertEchoAsync(RawOpcode.Pong, payload);
    }

    [Theory]
    [MemberData(nameof(EveryLink))]
    public async Task A_ping_of_126_bytes_fails_the_connection(Link link)
    {
        await using var client = await server.ConnectAsync(link);
        await client.SendFrameAsync(RawOpcode.Ping, new byte[126]);

        await client.AssertFailedAsync(1002);
    }

    [Theory]
    [MemberData(nameof(EveryLink))]
    public async Task A_pong_that_nobody_asked_for_is_ignored(Link link)
    {
        await using var client = await server.ConnectAsync(link);
        await client.SendFrameAsync(RawOpcode.Pong, "unasked"u8.ToArray());
        await client.SendFrameAsync(RawOpcode.Pong, ReadOnlyMemory<byte>.Empty);
        await client.SendFrameAsync(RawOpcode.Ping, "asked"u8.ToArray());

        await client.AssertEchoAsync(RawOpcode.Pong, "asked"u8.ToArray());
    }

    public static MatrixTheoryData<Link, int> OneWriteAndByteByByte { get; } = new(Links.All, [int.MaxValue, 1]);

    [Theory]
    [MemberData(nameof(OneWriteAndByteByByte))]
    public async Task Ten_pings_are_answered_in_their_order(Link link, int chop)
    {
        await using var client = await server.ConnectAsync(link);
        await client.SendChoppedAsync(Enumerable.Range(0, 10).SelectMany(i => RawFrame.Write(RawOpcode.Ping, Encoding.ASCII.GetBytes($"ping {i}"))).ToArray(), chop);

        for (var i = 0; i < 10; i++) Assert.Equal($"ping {i}", (await client.ReceiveAsync(RawOpcode.Pong)).Text);
        Assert.Equal(1000, await client.CloseAsync());
    }
}
