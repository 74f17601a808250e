using System.Text;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>Text is UTF-8 and nothing else, RFC 6455 §8.1 and RFC 3629; what cannot become valid fails at once.</summary>
public sealed class Utf8Tests(ConformanceServer server) : IClassFixture<ConformanceServer>
{
    // What surrounds a sequence, so that vectors and tails are both tried.
    private static readonly byte[] s_before = "Some plain text, longer than a vector register is, and κόσμε. "u8.ToArray();

    private static readonly string[] s_valid =
    [
        "κόσμε", "Hello-µ@ßöäüàá-UTF-8!!", "日本語", "\ud83d\ude00",
        .. FromCodePoints(0x0, 0x7F, 0x80, 0x7FF, 0x800, 0xFFF, 0x1000, 0xCFFF, 0xD000, 0xD7FF, 0xE000, 0xFFFD, 0x1_0000, 0x3_FFFF, 0x4_0000, 0xF_FFFF, 0x10_0000, 0x10_FFFD),
        // Non-characters are valid.
        .. FromCodePoints(0xFDD0, 0xFDEF, 0xFFFE, 0xFFFF, 0x1_FFFE, 0x1_FFFF, 0x2_FFFF, 0x8_FFFE, 0xF_FFFF, 0x10_FFFE, 0x10_FFFF),
        // A byte order mark is a character as any other.
        .. FromCodePoints(0xFEFF),
    ];

    private static readonly string[] s_invalid =
    [
        // Continuation bytes without a start.
        "80", "BF", "8080", "80BF", "80BF80", "80BF80BF80", "808182838485868788898A8B8C8D8E8F",
        // Starts without what continues them.
        "C2", "DF", "E0", "EF", "F0", "F4", "E0A0", "EFBF", "F09080", "F48FBF", "C2C2", "E0E0", "F0F0", "CEBAE1BDB9CF83CEBCCE",
        // Bytes that never occur.
        "C0", "C1", "F5", "F6", "F7", "F8", "F9", "FA", "FB", "FC", "FD", "FE", "FF", "FEFEFFFF",
        // Longer than it need be.
        "C0AF", "C080", "C1BF", "E080AF", "E09FBF", "E08080", "F08080AF", "F08FBFBF", "F0808080", "F8808080AF", "F887BFBFBF", "FC80808080AF", "FC83BFBFBFBF",
        // Five and six bytes, and above U+10FFFF.
        "F8888080 80", "FBBFBFBFBF", "FC8480808080", "FDBFBFBFBFBF", "F4908080", "F4BFBFBF", "F7BFBFBF",
        // Surrogates, alone and in pairs.
        "EDA080", "EDADBF", "EDAE80", "EDAFBF", "EDB080", "EDBE80", "EDBFBF", "EDA080EDB080", "EDADBFEDBFBF", "EDAFBFEDB080",
    ];

    public static TheoryData<Link> EveryLink { get; } = [.. Links.All];

    public static MatrixTheoryData<Link, string> EveryValidText { get; } = new(Links.All, s_valid.Select(text => Convert.ToHexString(Encoding.UTF8.GetBytes(text))));

    public static MatrixTheoryData<Link, string> EveryInvalidText { get; } = new(Links.All, s_invalid);

    public static MatrixTheoryData<Link, int> EveryEmptyMessage { get; } = new(Links.All, [1, 2, 3]);

    [Theory]
    [MemberData(nameof(EveryEmptyMessage))]
    public async Task Empty_text_in_any_number_of_fragments_comes_back(Link link, int fragments)
    {
        await using var client = await server.ConnectAsync(link);
        for (var i = 0; i < fragments; i++) await client.SendFrameAsync(i == 0 ? RawOpcode.Text : RawOpcode.Continuation, ReadOnlyMemory<byte>.Empty, fin: i == fragments - 1);

        await client.AssertEchoAsync(RawOpcode.Text, []);
    }

    [Theory]
    [MemberData(nameof(EveryLink))]
    public async Task Empty_fragments_round_a_text_add_nothing(Link link)
    {
        await using var client = await server.ConnectAsync(link);
        await client.SendRawAsync((byte[])
        [
            .. RawFrame.Write(RawOpcode.Text, ""u8, fin: false), .. RawFrame.Write(RawOpcode.Continuation, "middle"u8, fin: false), .. RawFrame.Write(RawOpcode.Continuation, ""u8),
        ]);

        await client.AssertEchoAsync(RawOpcode.Text, "middle"u8.ToArray());
    }

    [Theory]
    [MemberData(nameof(EveryValidText))]
    public async Task Valid_text_comes_back_whole_in_a_fragment_a_byte_and_in_a_write_a_byte(Link link, string digits)
    {
        byte[] text = [.. s_before, .. Convert.FromHexString(digits)];
        await using var client = await server.ConnectAsync(link);
        await client.SendFrameAsync(RawOpcode.Text, text);
        await client.SendRawAsync(RawClientExtensions.Fragments(RawOpcode.Text, text, 1));
        await client.SendChoppedAsync(RawFrame.Write(RawOpcode.Text, text), 1);

        for (var i = 0; i < 2; i++) Assert.Equal(text, (await client.ReceiveAsync(RawOpcode.Text)).Payload);
        await client.AssertEchoAsync(RawOpcode.Text, text);
    }

    [Theory]
    [MemberData(nameof(EveryInvalidText))]
    public async Task Invalid_text_fails_the_connection_behind_what_came_before(Link link, string digits)
    {
        await using var client = await server.ConnectAsync(link);
        await client.SendRawAsync((byte[])[.. RawFrame.Write("before"), .. RawFrame.Write(RawOpcode.Text, [.. s_before, .. Bytes(digits)]), .. RawFrame.Write("after")]);

        Assert.Equal("before", await client.ReceiveTextAsync());
        await client.AssertFailedAsync(1007);
    }

    [Theory]
    [MemberData(nameof(EveryInvalidText))]
    public async Task Invalid_text_in_a_fragment_a_byte_fails_the_connection(Link link, string digits)
    {
        await using var client = await server.ConnectAsync(link);
        await client.SendRawAsync(RawClientExtensions.Fragments(RawOpcode.Text, [.. "κό"u8, .. Bytes(digits)], 1));

        await client.AssertFailedAsync(1007);
    }

    [Theory]
    [MemberData(nameof(EveryInvalidText))]
    public async Task Text_that_nothing_can_save_fails_before_its_frame_is_complete(Link link, string digits)
    {
        // Followed by a space even a sequence that could have gone on is lost; 100 bytes more were announced.
        byte[] fatal = [.. s_before, .. Bytes(digits), (byte)' '];
        var frame = RawFrame.Write(RawOpcode.Text, [.. fatal, .. new byte[100]]);
        await using var client = await server.ConnectAsync(link);
        await client.SendRawAsync(frame.AsMemory(0, frame.Length - 100));

        Assert.Equal(1007, (await client.ReceiveAsync(RawOpcode.Close)).CloseCode);
    }

    [Theory]
    [MemberData(nameof(EveryInvalidText))]
    public async Task Text_that_nothing_can_save_fails_before_its_last_fragment(Link link, string digits)
    {
        await using var client = await server.ConnectAsync(link);
        await client.SendFrameAsync(RawOpcode.Text, s_before, fin: false);
        await client.SendFrameAsync(RawOpcode.Continuation, (byte[])[.. Bytes(digits), (byte)' '], fin: false);

        await client.AssertFailedAsync(1007);
    }

    [Theory]
    [MemberData(nameof(EveryLink))]
    public async Task A_sequence_fails_at_the_byte_that_spoils_it_and_not_before(Link link)
    {
        // F4 may go on with 8F, and 90 is where the code points end. The pong shows that nothing had failed before.
        await using var client = await server.ConnectAsync(link);
        await client.SendFrameAsync(RawOpcode.Text, (byte[])[.. "text"u8, 0xF4], fin: false);
        await client.SendFrameAsync(RawOpcode.Ping, "well?"u8.ToArray());
        Assert.Equal("well?", (await client.ReceiveAsync(RawOpcode.Pong)).Text);
        await client.SendFrameAsync(RawOpcode.Continuation, new byte[] { 0x90 }, fin: false);

        await client.AssertFailedAsync(1007);
    }

    [Theory]
    [MemberData(nameof(EveryLink))]
    public async Task Binary_may_be_anything(Link link)
    {
        var data = s_invalid.SelectMany(Bytes).ToArray();
        await using var client = await server.ConnectAsync(link);
        await client.SendFrameAsync(RawOpcode.Binary, data);

        await client.AssertEchoAsync(RawOpcode.Binary, data);
    }

    private static byte[] Bytes(string digits) => Convert.FromHexString(digits.Replace(" ", "", StringComparison.Ordinal));

    private static IEnumerable<string> FromCodePoints(params int[] codePoints) => codePoints.Select(char.ConvertFromUtf32);
}
