using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>The close frame reaches a client that is still sending: a reset in answer to its bytes would lose it what it has not read yet.</summary>
public sealed class LastFrameTests(ConformanceServer server) : IClassFixture<ConformanceServer>
{
    private static readonly Dictionary<string, (byte[] Bytes, int Code)> s_faults = new(StringComparer.Ordinal)
    {
        ["a reserved bit"] = (RawFrame.Write(RawOpcode.Text, "x"u8, rsv: 4), 1002),
        ["a frame that is not masked"] = (RawFrame.Write(RawOpcode.Text, "x"u8, masked: false), 1002),
        ["text that is not UTF-8"] = (RawFrame.Write(RawOpcode.Text, [0xFF]), 1007),
        ["a message over the limit"] = (RawFrame.Write(RawOpcode.Binary, new byte[65_537]), 1009),
        ["a close code that may not be sent"] = (RawFrame.Write(RawOpcode.Close, RawFrame.ClosePayload(1005)), 1002),
    };

    public static MatrixTheoryData<Link, string> EveryFault { get; } = new(Links.All, s_faults.Keys);

    [Theory]
    [MemberData(nameof(EveryFault))]
    public async Task The_close_frame_reaches_a_client_that_goes_on_sending(Link link, string fault)
    {
        var flood = Enumerable.Repeat(RawFrame.Write(RawOpcode.Binary, new byte[4000]), 64).SelectMany(frame => frame).ToArray();
        await using var client = await server.ConnectAsync(link);
        await client.SendRawAsync((byte[])[.. RawFrame.Write("before"), .. s_faults[fault].Bytes, .. flood]);

        Assert.Equal("before", await client.ReceiveTextAsync());
        Assert.Equal(s_faults[fault].Code, (await client.ReceiveAsync(RawOpcode.Close)).CloseCode);
    }

    [Theory]
    [MemberData(nameof(EveryFault))]
    public async Task The_connection_ends_without_a_reset_although_the_client_never_answers(Link link, string fault)
    {
        await using var client = await server.ConnectAsync(link);
        await client.SendRawAsync(s_faults[fault].Bytes);
        await client.ReceiveAsync(RawOpcode.Close);

        await client.ReceiveEndAsync();
    }
}
