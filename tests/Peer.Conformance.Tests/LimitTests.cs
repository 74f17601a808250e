using System.Text;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>Long messages and many of them, with the limits raised for it.</summary>
public sealed class LongMessageTests(RaisedServer server) : IClassFixture<RaisedServer>
{
    public static TheoryData<Link> EveryLink { get; } = [.. Links.All];

    public static MatrixTheoryData<Link, RawOpcode, int> EveryLength { get; } = new(Links.All, [RawOpcode.Text, RawOpcode.Binary], [64 << 10, 256 << 10, 1 << 20, 4 << 20, 8 << 20, 16 << 20]);

    public static MatrixTheoryData<Link, RawOpcode, int> EveryFragmentSize { get; } =
        new(Links.All, [RawOpcode.Text, RawOpcode.Binary], [64, 256, 1 << 10, 4 << 10, 16 << 10, 64 << 10, 256 << 10, 1 << 20, 4 << 20]);

    public static MatrixTheoryData<Link, RawOpcode, int> EveryChop { get; } = new(Links.All, [RawOpcode.Text, RawOpcode.Binary], [64, 128, 256, 512, 1024, 2048]);

    public static MatrixTheoryData<Link, RawOpcode, int> EveryRoundTrip { get; } = new(Links.All, [RawOpcode.Text, RawOpcode.Binary], [0, 16, 64, 256, 1024, 4096]);

    [Theory]
    [MemberData(nameof(EveryLength))]
    public async Task A_message_of_up_to_16_MiB_comes_back(Link link, RawOpcode opcode, int length)
    {
        var message = Message(length);
        await using var client = await server.ConnectAsync(link);
        await client.SendFrameAsync(opcode, message);

        await client.AssertEchoAsync(opcode, message);
    }

    [Theory]
    [MemberData(nameof(EveryFragmentSize))]
    public async Task A_message_of_4_MiB_in_fragments_of_any_size_comes_back(Link link, RawOpcode opcode, int size)
    {
        var message = Message(4 << 20);
        await using var client = await server.ConnectAsync(link);
        await client.SendRawAsync(RawClientExtensions.Fragments(opcode, message, size));

        await client.AssertEchoAsync(opcode, message);
    }

    [Theory]
    [MemberData(nameof(EveryChop))]
    public async Task A_message_of_1_MiB_in_chops_of_any_size_comes_back(Link link, RawOpcode opcode, int chop)
    {
        var message = Message(1 << 20);
        await using var client = await server.ConnectAsync(link);
        await client.SendChoppedAsync(RawFrame.Write(opcode, message), chop);

        await client.AssertEchoAsync(opcode, message);
    }

    [Theory]
    [MemberData(nameof(EveryRoundTrip))]
    public async Task A_thousand_round_trips_lose_nothing(Link link, RawOpcode opcode, int length)
    {
        var message = Message(length);
        await using var client = await server.ConnectAsync(link);
        for (var i = 0; i < 1000; i++)
        {
            await client.SendFrameAsync(opcode, message);
            Assert.Equal(message, (await client.ReceiveAsync(opcode)).Payload);
        }

        Assert.Equal(1000, await client.CloseAsync());
    }

    [Theory]
    [MemberData(nameof(EveryLink))]
    public async Task A_message_of_64_KiB_in_fragments_of_1300_bytes_comes_back(Link link)
    {
        var message = Message(64 << 10);
        await using var client = await server.ConnectAsync(link);
        await client.SendRawAsync(RawClientExtensions.Fragments(RawOpcode.Text, message, 1300));

        await client.AssertEchoAsync(RawOpcode.Text, message);
    }

    private static byte[] Message(int length) => Encoding.ASCII.GetBytes(string.Create(length, 0, static (text, _) =>
    {
        for (var i = 0; i < text.Length; i++) text[i] = (char)('0' + (i % 75));
    }));
}

/// <summary>Messages at the default limits and over them.</summary>
public sealed class LimitTests(ConformanceServer server) : IClassFixture<ConformanceServer>
{
    public static TheoryData<Link> EveryLink { get; } = [.. Links.All];

    public static MatrixTheoryData<Link, string> EveryLengthTooLong { get; } = new(Links.All, ["82 FF 0000000000010001", "81 FF 0000000000010001", "82 FF 0000000080000000", "82 FF 7FFFFFFFFFFFFFFF"]);

    [Theory]
    [MemberData(nameof(EveryLengthTooLong))]
    public async Task A_length_over_the_limit_is_refused_from_the_header(Link link, string header)
    {
        await using var client = await server.ConnectAsync(link);
        await client.SendRawAsync((byte[])[.. RawFrame.Write("before"), .. Convert.FromHexString(header.Replace(" ", "", StringComparison.Ordinal)), 1, 2, 3, 4]);

        Assert.Equal("before", await client.ReceiveTextAsync());
        Assert.Equal(1009, (await client.ReceiveAsync(RawOpcode.Close)).CloseCode);
    }

    [Theory]
    [MemberData(nameof(EveryLink))]
    public async Task Fragments_of_the_limit_together_are_taken_and_one_byte_more_is_refused(Link link)
    {
        await using var client = await server.ConnectAsync(link);
        await client.SendRawAsync((byte[])[.. RawFrame.Write(RawOpcode.Binary, new byte[65_535], fin: false), .. RawFrame.Write(RawOpcode.Continuation, [0])]);
        Assert.Equal(65_536, (await client.ReceiveAsync(RawOpcode.Binary)).Payload.Length);
        await client.SendRawAsync((byte[])[.. RawFrame.Write(RawOpcode.Binary, new byte[65_535], fin: false), .. RawFrame.Write(RawOpcode.Continuation, [0, 0])]);

        await client.AssertFailedAsync(1009);
    }

    [Theory]
    [MemberData(nameof(EveryLink))]
    public async Task As_many_fragments_as_may_be_are_taken_and_one_more_is_refused(Link link)
    {
        await using var client = await server.ConnectAsync(link);
        await client.SendRawAsync(RawClientExtensions.Fragments(RawOpcode.Binary, new byte[1024], 1));
        Assert.Equal(1024, (await client.ReceiveAsync(RawOpcode.Binary)).Payload.Length);
        await client.SendRawAsync(RawClientExtensions.Fragments(RawOpcode.Binary, new byte[1025], 1));

        await client.AssertFailedAsync(1009);
    }
}
