using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>Reserved bits and opcodes, RFC 6455 §5.2: no extension gave them a meaning.</summary>
public sealed class ReservedTests(ConformanceServer server) : IClassFixture<ConformanceServer>
{
    private static readonly int[] s_pieces = [int.MaxValue, 1];

    public static MatrixTheoryData<Link, int, int> EveryBit { get; } = new(Links.All, [1, 2, 3, 4, 5, 6, 7], s_pieces);

    public static MatrixTheoryData<Link, int> EveryOpcode { get; } = new(Links.All, [3, 4, 5, 6, 7, 11, 12, 13, 14, 15]);

    public static MatrixTheoryData<Link, RawOpcode> EveryOtherFrame { get; } =
        new(Links.All, [RawOpcode.Binary, RawOpcode.Ping, RawOpcode.Pong, RawOpcode.Close]);

    [Theory]
    [MemberData(nameof(EveryBit))]
    public async Task A_reserved_bit_fails_the_connection_behind_what_came_before(Link link, int rsv, int chop)
    {
        await using var client = await server.ConnectAsync(link);
        await client.SendChoppedAsync((byte[])[.. RawFrame.Write("before"), .. RawFrame.Write(RawOpcode.Text, "bad"u8, rsv: rsv), .. RawFrame.Write("after")], chop);

        Assert.Equal("before", await client.ReceiveTextAsync());
        await client.AssertFailedAsync(1002);
    }

    [Theory]
    [MemberData(nameof(EveryOtherFrame))]
    public async Task A_reserved_bit_on_any_frame_fails_the_connection(Link link, RawOpcode opcode)
    {
        await using var client = await server.ConnectAsync(link);
        await client.SendFrameAsync(opcode, RawFrame.ClosePayload(1000), rsv: 4);

        await client.AssertFailedAsync(1002);
    }

    [Theory]
    [MemberData(nameof(EveryBit))]
    public async Task A_reserved_bit_on_a_continuation_fails_the_connection(Link link, int rsv, int chop)
    {
        await using var client = await server.ConnectAsync(link);
        await client.SendChoppedAsync((byte[])[.. RawFrame.Write(RawOpcode.Text, "a"u8, fin: false), .. RawFrame.Write(RawOpcode.Continuation, "b"u8, rsv: rsv)], chop);

        await client.AssertFailedAsync(1002);
    }

    [Theory]
    [MemberData(nameof(EveryOpcode))]
    public async Task A_reserved_opcode_fails_the_connection_behind_what_came_before(Link link, int opcode)
    {
        await using var client = await server.ConnectAsync(link);
        await client.SendRawAsync((byte[])[.. RawFrame.Write("before"), .. RawFrame.Write((RawOpcode)opcode, "bad"u8), .. RawFrame.Write(RawOpcode.Ping, ""u8)]);

        Assert.Equal("before", await client.ReceiveTextAsync());
        await client.AssertFailedAsync(1002);
    }

    [Theory]
    [MemberData(nameof(EveryOpcode))]
    public async Task A_reserved_opcode_without_a_payload_fails_the_connection(Link link, int opcode)
    {
        await using var client = await server.ConnectAsync(link);
        await client.SendFrameAsync((RawOpcode)opcode, ReadOnlyMemory<byte>.Empty);

        await client.AssertFailedAsync(1002);
    }
}
