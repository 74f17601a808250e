using System.Text;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>Fragmented messages, RFC 6455 §5.4.</summary>
public sealed class FragmentTests(ConformanceServer server) : IClassFixture<ConformanceServer>
{
    private static readonly int[] s_chops = [int.MaxValue, 1, 3];

    public static TheoryData<Link> EveryLink { get; } = [.. Links.All];

    public static MatrixTheoryData<Link, int> EveryChop { get; } = new(Links.All, s_chops);

    public static MatrixTheoryData<Link, RawOpcode> EveryControl { get; } = new(Links.All, [RawOpcode.Ping, RawOpcode.Pong, RawOpcode.Close]);

    public static MatrixTheoryData<Link, bool, int> EveryContinuation { get; } = new(Links.All, [true, false], s_chops);

    public static MatrixTheoryData<Link, RawOpcode, RawOpcode, bool> EveryNewMessage { get; } =
        new(Links.All, [RawOpcode.Text, RawOpcode.Binary], [RawOpcode.Text, RawOpcode.Binary], [true, false]);

    [Theory]
    [MemberData(nameof(EveryChop))]
    public async Task Fragments_become_one_message_in_any_chopping(Link link, int chop)
    {
        await using var client = await server.ConnectAsync(link);
        await client.SendChoppedAsync(
            (byte[])[.. RawFrame.Write(RawOpcode.Text, "one "u8, fin: false), .. RawFrame.Write(RawOpcode.Continuation, ""u8, fin: false), .. RawFrame.Write(RawOpcode.Continuation, "whole"u8)], chop);

        await client.AssertEchoAsync(RawOpcode.Text, "one whole"u8.ToArray());
    }

    [Theory]
    [MemberData(nameof(EveryLink))]
    public async Task A_ping_between_fragments_is_answered_before_the_message_is_whole(Link link)
    {
        await using var client = await server.ConnectAsync(link);
        await client.SendFrameAsync(RawOpcode.Text, "first"u8.ToArray(), fin: false);
        await client.SendFrameAsync(RawOpcode.Ping, "now"u8.ToArray());
        Assert.Equal("now", (await client.ReceiveAsync(RawOpcode.Pong)).Text);
        await client.SendFrameAsync(RawOpcode.Continuation, ", second"u8.ToArray());

        await client.AssertEchoAsync(RawOpcode.Text, "first, second"u8.ToArray());
    }

    [Theory]
    [MemberData(nameof(EveryChop))]
    public async Task Pings_between_five_fragments_are_answered_in_order_and_the_message_is_whole(Link link, int chop)
    {
        await using var client = await server.ConnectAsync(link);
        var bytes = new List<byte>();
        for (var i = 0; i < 5; i++)
        {
            bytes.AddRange(RawFrame.Write(i == 0 ? RawOpcode.Binary : RawOpcode.Continuation, Encoding.ASCII.GetBytes($"part {i};"), fin: i == 4));
            if (i < 4) bytes.AddRange(RawFrame.Write(RawOpcode.Ping, Encoding.ASCII.GetBytes($"ping {i}")));
        }

        await client.SendChoppedAsync(bytes.ToArray(), chop);

        for (var i = 0; i < 4; i++) Assert.Equal($"ping {i}", (await client.ReceiveAsync(RawOpcode.Pong)).Text);
        await client.AssertEchoAsync(RawOpcode.Binary, "part 0;part 1;part 2;part 3;part 4;"u8.ToArray());
    }

    [Theory]
    [MemberData(nameof(EveryControl))]
    public async Task A_fragmented_control_frame_fails_the_connection(Link link, RawOpcode opcode)
    {
        await using var client = await server.ConnectAsync(link);
        await client.SendRawAsync((byte[])[.. RawFrame.Write(opcode, [0x03, 0xE8], fin: false), .. RawFrame.Write(RawOpcode.Continuation, "rest"u8)]);

        await client.AssertFailedAsync(1002);
    }

    [Theory]
    [MemberData(nameof(EveryContinuation))]
    public async Task A_continuation_of_nothing_fails_the_connection(Link link, bool fin, int chop)
    {
        await using var client = await server.ConnectAsync(link);
        await client.SendChoppedAsync((byte[])[.. RawFrame.Write("before"), .. RawFrame.Write(RawOpcode.Continuation, "stray"u8, fin), .. RawFrame.Write("after")], chop);

        Assert.Equal("before", await client.ReceiveTextAsync());
        await client.AssertFailedAsync(1002);
    }

    [Theory]
    [MemberData(nameof(EveryContinuation))]
    public async Task A_continuation_after_a_whole_fragmented_message_fails_the_connection(Link link, bool fin, int chop)
    {
        await using var client = await server.ConnectAsync(link);
        await client.SendChoppedAsync(
            (byte[])[.. RawFrame.Write(RawOpcode.Text, "be"u8, fin: false), .. RawFrame.Write(RawOpcode.Continuation, "fore"u8), .. RawFrame.Write(RawOpcode.Continuation, "stray"u8, fin)], chop);

        Assert.Equal("before", await client.ReceiveTextAsync());
        await client.AssertFailedAsync(1002);
    }

    [Theory]
    [MemberData(nameof(EveryNewMessage))]
    public async Task A_new_message_inside_a_fragmented_one_fails_the_connection(Link link, RawOpcode outer, RawOpcode inner, bool fin)
    {
        await using var client = await server.ConnectAsync(link);
        await client.SendRawAsync((byte[])[.. RawFrame.Write(outer, "never "u8, fin: false), .. RawFrame.Write(inner, "whole"u8, fin)]);

        await client.AssertFailedAsync(1002);
    }
}
