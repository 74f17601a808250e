using System.Text;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>permessage-deflate, RFC 7692, over the raw client: every kind of data, size and fragmentation, every offer.</summary>
public sealed class DeflateTests(DeflateServer server) : IClassFixture<DeflateServer>
{
    // Sizes, and into fragments of how many bytes; 0 for none.
    private static readonly (int Size, int Fragment)[] s_shapes =
    [
        (16, 0), (64, 0), (256, 0), (1024, 0), (4096, 0), (8192, 0), (16_384, 0), (32_768, 0), (65_536, 0), (131_072, 0),
        (8192, 256), (16_384, 256), (32_768, 256), (65_536, 256), (131_072, 256), (131_072, 1024), (131_072, 4096), (131_072, 32_768),
    ];

    private static readonly string[] s_offers =
    [
        "permessage-deflate",
        "permessage-deflate; server_no_context_takeover",
        "permessage-deflate; server_max_window_bits=9",
        "permessage-deflate; server_max_window_bits=15",
        "permessage-deflate; server_no_context_takeover; server_max_window_bits=9",
        "permessage-deflate; server_no_context_takeover; server_max_window_bits=15; client_no_context_takeover",
        "permessage-deflate; server_max_window_bits=8, permessage-deflate; unknown, permessage-deflate; server_no_context_takeover; client_max_window_bits, permessage-deflate",
    ];

    public static MatrixTheoryData<string, int> EveryDataAndShape { get; } = new(DataSets.Names, Enumerable.Range(0, s_shapes.Length));

    public static MatrixTheoryData<int, int> EveryOfferAndShape { get; } = new(Enumerable.Range(0, s_offers.Length), Enumerable.Range(0, s_shapes.Length));

    public static MatrixTheoryData<Link, string> EveryLink { get; } = new([Link.Tls, Link.Http2, Link.Http2Tls], DataSets.Names);

    [Theory]
    [MemberData(nameof(EveryDataAndShape))]
    public Task Messages_of_any_kind_size_and_fragmentation_come_back(string data, int shape) =>
        EchoAsync(Link.Tcp, s_offers[1], data, s_shapes[shape], budget: 4 << 20);

    [Theory]
    [MemberData(nameof(EveryOfferAndShape))]
    public Task Whatever_was_offered_is_kept_to(int offer, int shape) =>
        EchoAsync(Link.Tcp, s_offers[offer], DataSets.Names[shape % DataSets.Names.Length], s_shapes[shape], budget: 1 << 20);

    [Theory]
    [MemberData(nameof(EveryLink))]
    public Task On_every_link_messages_come_back(Link link, string data) => EchoAsync(link, s_offers[0], data, (65_536, 4096), budget: 1 << 20);

    [Theory]
    [InlineData("permessage-deflate; server_max_window_bits=8")]
    [InlineData("permessage-deflate; client_max_window_bits=8")]
    [InlineData("permessage-deflate; server_max_window_bits=16")]
    [InlineData("permessage-deflate; server_no_context_takeover; server_no_context_takeover")]
    [InlineData("permessage-deflate; server_no_context_takeover=1")]
    [InlineData("permessage-deflate; unknown")]
    [InlineData("x-webkit-deflate-frame")]
    public async Task What_cannot_be_kept_to_is_declined_and_the_connection_goes_without(string offer)
    {
        await using var client = await server.ConnectAsync(Link.Tcp, ("Sec-WebSocket-Extensions", offer));
        Assert.Null(client.Handshake!.Header("Sec-WebSocket-Extensions"));
        await client.SendAsync("plain");

        await client.AssertEchoAsync(RawOpcode.Text, "plain"u8.ToArray());
    }

    public static MatrixTheoryData<Link, string, int> EveryFault { get; } = new(Links.All, ["corrupt", "cut off", "cut off amid a stored block", "a bomb", "text that is not UTF-8", "RSV1 on a ping", "RSV1 on a continuation", "RSV2"], [int.MaxValue, 1]);

    [Theory]
    [MemberData(nameof(EveryFault))]
    public async Task A_fault_in_what_is_compressed_fails_the_connection_behind_what_came_before(Link link, string fault, int chop)
    {
        using var deflate = new RawDeflate(clientTakesOver: false, serverTakesOver: false);
        var hello = deflate.Deflate("hello, hello, hello"u8.ToArray());
        var (bytes, code) = fault switch
        {
            "corrupt" => (RawFrame.Write(RawOpcode.Binary, [0xFF, 0xFF, 0xFF], rsv: 4), 1007),
            "cut off" => (RawFrame.Write(RawOpcode.Binary, hello.AsSpan(0, hello.Length - 3), rsv: 4), 1007),
            "cut off amid a stored block" => (RawFrame.Write(RawOpcode.Binary, [0x00, 0x04, 0x00, 0xFB, 0xFF, 0x61], rsv: 4), 1007),
            "a bomb" => (RawFrame.Write(RawOpcode.Binary, deflate.Deflate(new byte[DeflateServer.MaxMessageSize + 1]), rsv: 4), 1009),
            "text that is not UTF-8" => (RawFrame.Write(RawOpcode.Text, deflate.Deflate([0x61, 0xC0, 0xAF]), rsv: 4), 1007),
            "RSV1 on a ping" => (RawFrame.Write(RawOpcode.Ping, "x"u8, rsv: 4), 1002),
            "RSV1 on a continuation" => ((byte[])[.. RawFrame.Write(RawOpcode.Text, hello.AsSpan(0, 3), fin: false, rsv: 4), .. RawFrame.Write(RawOpcode.Continuation, hello.AsSpan(3), rsv: 4)], 1002),
            _ => (RawFrame.Write(RawOpcode.Text, hello, rsv: 2), 1002),
        };
        await using var client = await server.ConnectAsync(link, ("Sec-WebSocket-Extensions", s_offers[1]));
        await client.SendChoppedAsync((byte[])[.. RawFrame.Write(RawOpcode.Text, hello, rsv: 4), .. bytes], chop);

        var before = await client.ReceiveAsync(RawOpcode.Text);
        Assert.Equal("hello, hello, hello"u8.ToArray(), before.Rsv == 4 ? deflate.Inflate(before.Payload, 19) : before.Payload);
        await client.AssertFailedAsync(code);
    }

    private async Task EchoAsync(Link link, string offer, string data, (int Size, int Fragment) shape, int budget)
    {
        await using var client = await server.ConnectAsync(link, ("Sec-WebSocket-Extensions", offer));
        var answer = client.Handshake!.Header("Sec-WebSocket-Extensions")!;
        Assert.StartsWith("permessage-deflate", answer, StringComparison.Ordinal);
        using var deflate = new RawDeflate(!Says(answer, "client_no_context_takeover"), !Says(answer, "server_no_context_takeover"));
        var source = DataSets.Of(data);
        var opcode = DataSets.IsText(data) ? RawOpcode.Text : RawOpcode.Binary;
        var isCompressed = false;
        for (var i = Math.Clamp(budget / shape.Size, 2, 1000); i > 0; i--)
        {
            var message = source.AsSpan(i * 37 % 1000, shape.Size).ToArray();
            await client.SendRawAsync(Frames(opcode, deflate.Deflate(message), shape.Fragment));
            var echo = await client.ReceiveAsync(opcode);
            isCompressed |= echo.Rsv == 4;
            var came = echo.Rsv == 4 ? deflate.Inflate(echo.Payload, message.Length) : echo.Payload;
            Assert.True(message.AsSpan().SequenceEqual(came), $"{message.Length} bytes came back as {came.Length} others");
        }

        Assert.True(isCompressed || data == "noise" || shape.Size < 256);
        Assert.Equal(1000, await client.CloseAsync());
    }

    private static bool Says(string answer, string parameter) => answer.Contains(parameter, StringComparison.Ordinal);

    // §6.1: RSV1 stands on the first fragment alone.
    private static byte[] Frames(RawOpcode opcode, byte[] data, int size)
    {
        if (size == 0) size = data.Length;
        var frames = new MemoryStream();
        for (var start = 0; start < data.Length; start += size)
        {
            var part = data.AsSpan(start, Math.Min(size, data.Length - start));
            frames.Write(RawFrame.Write(start == 0 ? opcode : RawOpcode.Continuation, part, fin: start + size >= data.Length, rsv: start == 0 ? 4 : 0));
        }

        return frames.ToArray();
    }
}

/// <summary>Compresses whatever gets smaller by it, with context takeover in both directions where the client leaves it.</summary>
public sealed class DeflateServer() : ConformanceServer(static options =>
{
    (options.MaxMessageSize, options.MaxBufferedBytes) = (MaxMessageSize, 1 << 20);
    (options.Compression.Enabled, options.Compression.Threshold) = (true, 1);
    (options.Compression.ServerContextTakeover, options.Compression.ClientContextTakeover) = (true, true);
})
{
    /// <summary>The longest message.</summary>
    public const int MaxMessageSize = 131_072;
}

/// <summary>Five kinds of data, each longer than any message by a little.</summary>
internal static class DataSets
{
    private const int Length = 132_072;

    public static string[] Names { get; } = ["json", "prose", "a picture", "noise", "zeros"];

    public static bool IsText(string name) => name is "json" or "prose";

    public static byte[] Of(string name)
    {
        var random = new Random(1);
        var bytes = new byte[Length];
        switch (name)
        {
            case "json":
                return Repeat(i => $"{{\"type\":\"said\",\"who\":\"user {i % 17}\",\"at\":{random.Next()},\"text\":\"{random.Next(100)} bottles\"}},");
            case "prose":
                return Repeat(i => (i % 7) switch { 0 => "the quick brown fox ", 1 => "jumps ", 2 => "over ", 3 => "a lazy dog, ", _ => $"and {random.Next(50)} more. " });
            case "a picture":
                for (var i = 0; i < Length; i++) bytes[i] = (byte)((i % 512 / 4) + random.Next(3));
                return bytes;
            case "noise":
                random.NextBytes(bytes);
                return bytes;
            default:
                return bytes;
        }
    }

    // ASCII, so that it can be cut anywhere.
    private static byte[] Repeat(Func<int, string> next)
    {
        var text = new StringBuilder();
        for (var i = 0; text.Length < Length; i++) text.Append(next(i));
        return Encoding.ASCII.GetBytes(text.ToString(0, Length));
    }
}
