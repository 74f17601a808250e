using System.Text;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>Messages in one frame, RFC 6455 §5.2 and §5.6.</summary>
public sealed class FramingTests(ConformanceServer server) : IClassFixture<ConformanceServer>
{
    private static readonly int[] s_lengths = [0, 1, 125, 126, 127, 128, 65_535, 65_536];

    public static MatrixTheoryData<Link, int> EveryLength { get; } = new(Links.All, s_lengths);

    [Theory]
    [MemberData(nameof(EveryLength))]
    public async Task Text_of_any_length_comes_back_and_the_connection_closes_cleanly(Link link, int length)
    {
        var text = Encoding.ASCII.GetBytes(new string('*', length));
        await using var client = await server.ConnectAsync(link);
        await client.SendFrameAsync(RawOpcode.Text, text);

        await client.AssertEchoAsync(RawOpcode.Text, text);
    }

    [Theory]
    [MemberData(nameof(EveryLength))]
    public async Task Binary_of_any_length_comes_back_and_the_connection_closes_cleanly(Link link, int length)
    {
        var data = RandomBytes(length);
        await using var client = await server.ConnectAsync(link);
        await client.SendFrameAsync(RawOpcode.Binary, data);

        await client.AssertEchoAsync(RawOpcode.Binary, data);
    }

    [Theory]
    [MemberData(nameof(EveryLength))]
    public async Task A_message_that_arrives_in_chops_of_997_bytes_comes_back(Link link, int length)
    {
        var data = RandomBytes(length);
        await using var client = await server.ConnectAsync(link);
        await client.SendChoppedAsync(RawFrame.Write(RawOpcode.Binary, data), 997);

        await client.AssertEchoAsync(RawOpcode.Binary, data);
    }

    [Theory]
    [MemberData(nameof(EveryLength))]
    public async Task The_answer_has_a_length_in_as_few_bytes_as_it_can_be(Link link, int length)
    {
        await using var client = await server.ConnectAsync(link);
        await client.SendFrameAsync(RawOpcode.Binary, new byte[length]);
        var header = await client.ReceiveRawAsync(2);

        Assert.Equal([0x82, (byte)(length < 126 ? length : length < 65_536 ? 126 : 127)], header);
    }

    [Theory]
    [InlineData(Link.Tcp)]
    [InlineData(Link.Tls)]
    [InlineData(Link.Http2)]
    [InlineData(Link.Http2Tls)]
    public async Task A_client_that_sends_byte_by_byte_is_understood(Link link)
    {
        await using var client = await server.ConnectAsync(link);
        byte[] bytes =
        [
            .. RawFrame.Write("whole, and é€😀"),
            .. RawFrame.Write(RawOpcode.Text, "in "u8, fin: false), .. RawFrame.Write(RawOpcode.Ping, "now"u8), .. RawFrame.Write(RawOpcode.Continuation, "parts"u8),
            .. RawFrame.Write(RawOpcode.Binary, new byte[300]),
            .. RawFrame.Write(RawOpcode.Close, RawFrame.ClosePayload(1001, "gone")),
        ];
        await client.SendChoppedAsync(bytes, 1);

        Assert.Equal("whole, and é€😀", await client.ReceiveTextAsync());
        Assert.Equal("now", (await client.ReceiveAsync(RawOpcode.Pong)).Text);
        Assert.Equal("in parts", await client.ReceiveTextAsync());
        Assert.Equal(new byte[300], (await client.ReceiveAsync(RawOpcode.Binary)).Payload);
        Assert.Equal(1001, (await client.ReceiveAsync(RawOpcode.Close)).CloseCode);
        await client.ReceiveEndAsync();
    }

    public static MatrixTheoryData<Link, byte> EveryFrameThatMustBeMasked { get; } = new(Links.All, [0x81, 0x82, 0x88, 0x89, 0x8A, 0x01]);

    [Theory]
    [MemberData(nameof(EveryFrameThatMustBeMasked))]
    public async Task A_frame_that_is_not_masked_fails_the_connection(Link link, byte first)
    {
        await using var client = await server.ConnectAsync(link);
        await client.SendRawAsync((byte[])[first, 0]);

        await client.AssertFailedAsync(1002);
    }

    public static MatrixTheoryData<Link, string> EveryWrongLength { get; } = new(Links.All,
    [
        "82 FE 0000", "82 FE 007D", "82 FF 0000000000000000", "82 FF 000000000000007E", "82 FF 000000000000FFFF",
        "82 FF 8000000000000000", "82 FF 8000000000000001", "82 FF FFFFFFFFFFFFFFFF",
        "89 FE 0001", "8A FE 007D", "88 FF 0000000000000002",
    ]);

    [Theory]
    [MemberData(nameof(EveryWrongLength))]
    public async Task A_length_that_is_not_minimal_or_has_its_top_bit_set_fails_the_connection(Link link, string header)
    {
        await using var client = await server.ConnectAsync(link);
        await client.SendRawAsync((byte[])[.. RawFrame.Write("before"), .. Convert.FromHexString(header.Replace(" ", "", StringComparison.Ordinal)), 1, 2, 3, 4]);

        Assert.Equal("before", await client.ReceiveTextAsync());
        await client.AssertFailedAsync(1002);
    }

    private static byte[] RandomBytes(int length)
    {
        var data = new byte[length];
        new Random(length).NextBytes(data);
        return data;
    }
}
