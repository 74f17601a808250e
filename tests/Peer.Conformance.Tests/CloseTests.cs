using System.Text;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>The closing handshake, RFC 6455 §5.5.1 and §7.</summary>
public sealed class CloseTests(ConformanceServer server) : IClassFixture<ConformanceServer>
{
    public static TheoryData<Link> EveryLink { get; } = [.. Links.All];

    public static MatrixTheoryData<Link, int> EveryValidCode { get; } =
        new(Links.All, [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999]);

    public static MatrixTheoryData<Link, int> EveryInvalidCode { get; } =
        new(Links.All, [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 32_768, 65_535]);

    public static MatrixTheoryData<Link, string> EveryInvalidReason { get; } = new(Links.All, ["FF", "C080", "E282", "EDA080", "F4908080", "6F6BCEBAE1BDB9CF83CEBCCEB5EDA080"]);

    [Theory]
    [MemberData(nameof(EveryValidCode))]
    public async Task A_valid_code_is_answered_with_itself(Link link, int code)
    {
        await using var client = await server.ConnectAsync(link);

        Assert.Equal(code, await client.CloseAsync(code));
    }

    [Theory]
    [MemberData(nameof(EveryInvalidCode))]
    public async Task A_code_that_may_not_be_sent_fails_the_connection(Link link, int code)
    {
        await using var client = await server.ConnectAsync(link);
        await client.SendCloseAsync(code);

        await client.AssertFailedAsync(1002);
    }

    [Theory]
    [MemberData(nameof(EveryLink))]
    public async Task A_close_frame_without_a_payload_is_answered_without_one(Link link)
    {
        await using var client = await server.ConnectAsync(link);
        await client.SendFrameAsync(RawOpcode.Close, ReadOnlyMemory<byte>.Empty);

        Assert.Empty((await client.ReceiveAsync(RawOpcode.Close)).Payload);
        await client.ReceiveEndAsync();
    }

    [Theory]
    [MemberData(nameof(EveryLink))]
    public async Task A_close_frame_with_one_byte_of_payload_fails_the_connection(Link link)
    {
        await using var client = await server.ConnectAsync(link);
        await client.SendFrameAsync(RawOpcode.Close, new byte[] { 3 });

        await client.AssertFailedAsync(1002);
    }

    [Theory]
    [MemberData(nameof(EveryLink))]
    public async Task A_reason_of_123_bytes_is_accepted(Link link)
    {
        await using var client = await server.ConnectAsync(link);
        await client.SendCloseAsync(1000, new string('r', 123));

        Assert.Equal(1000, (await client.ReceiveAsync(RawOpcode.Close)).CloseCode);
        await client.ReceiveEndAsync();
    }

    [Theory]
    [MemberData(nameof(EveryLink))]
    public async Task A_close_frame_of_126_bytes_fails_the_connection(Link link)
    {
        await using var client = await server.ConnectAsync(link);
        await client.SendCloseAsync(1000, new string('r', 124));

        await client.AssertFailedAsync(1002);
    }

    [Theory]
    [MemberData(nameof(EveryInvalidReason))]
    public async Task A_reason_that_is_not_UTF8_fails_the_connection_with_1007(Link link, string reason)
    {
        await using var client = await server.ConnectAsync(link);
        await client.SendFrameAsync(RawOpcode.Close, (byte[])[0x03, 0xE8, .. Convert.FromHexString(reason)]);

        await client.AssertFailedAsync(1007);
    }

    [Theory]
    [MemberData(nameof(EveryLink))]
    public async Task Messages_before_the_close_frame_are_answered_first(Link link)
    {
        await using var client = await server.ConnectAsync(link);
        await client.SendRawAsync((byte[])[.. RawFrame.Write("one"), .. RawFrame.Write(RawOpcode.Ping, "two"u8), .. RawFrame.Write(RawOpcode.Close, RawFrame.ClosePayload(1000, "bye"))]);

        Assert.Equal("one", await client.ReceiveTextAsync());
        Assert.Equal("two", (await client.ReceiveAsync(RawOpcode.Pong)).Text);
        Assert.Equal(1000, (await client.ReceiveAsync(RawOpcode.Close)).CloseCode);
        await client.ReceiveEndAsync();
    }

    public static MatrixTheoryData<Link, RawOpcode> EveryFrameTooLate { get; } = new(Links.All, [RawOpcode.Text, RawOpcode.Ping, RawOpcode.Close]);

    [Theory]
    [MemberData(nameof(EveryFrameTooLate))]
    public async Task Nothing_is_answered_after_the_close_frame(Link link, RawOpcode opcode)
    {
        await using var client = await server.ConnectAsync(link);
        await client.SendRawAsync((byte[])[.. RawFrame.Write(RawOpcode.Close, RawFrame.ClosePayload(1000)), .. RawFrame.Write(opcode, RawFrame.ClosePayload(1001))]);

        Assert.Equal(1000, (await client.ReceiveAsync(RawOpcode.Close)).CloseCode);
        await client.ReceiveNothingMoreAsync();
    }

    [Theory]
    [MemberData(nameof(EveryLink))]
    public async Task A_close_frame_amid_a_fragmented_message_is_answered_and_the_message_is_not(Link link)
    {
        await using var client = await server.ConnectAsync(link);
        await client.SendRawAsync((byte[])
        [
            .. RawFrame.Write(RawOpcode.Text, "never "u8, fin: false), .. RawFrame.Write(RawOpcode.Close, RawFrame.ClosePayload(1001)), .. RawFrame.Write(RawOpcode.Continuation, "whole"u8),
        ]);

        Assert.Equal(1001, (await client.ReceiveAsync(RawOpcode.Close)).CloseCode);
        await client.ReceiveNothingMoreAsync();
    }

    [Theory]
    [MemberData(nameof(EveryLink))]
    public async Task A_long_message_is_delivered_whole_before_the_close_frame_that_follows_it(Link link)
    {
        var text = Encoding.ASCII.GetBytes(new string('x', 65_536));
        await using var client = await server.ConnectAsync(link);
        await client.SendRawAsync((byte[])[.. RawFrame.Write(RawOpcode.Text, text), .. RawFrame.Write(RawOpcode.Close, RawFrame.ClosePayload(1000))]);

        Assert.Equal(text, (await client.ReceiveAsync(RawOpcode.Text)).Payload);
        Assert.Equal(1000, (await client.ReceiveAsync(RawOpcode.Close)).CloseCode);
        await client.ReceiveEndAsync();
    }
}
