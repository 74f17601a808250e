using Microsoft.Extensions.DependencyInjection;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>What a peer gets for bad input, what the log says of it, and that another peer notices nothing.</summary>
public sealed class BadInputTests : IAsyncLifetime
{
    private static readonly Dictionary<string, byte[]> s_input = new(StringComparer.Ordinal)
    {
        ["a reserved bit"] = RawFrame.Write(RawOpcode.Text, "{}"u8, rsv: 4),
        ["a reserved opcode"] = RawFrame.Write((RawOpcode)3, "{}"u8),
        ["a reserved control opcode"] = RawFrame.Write((RawOpcode)11, ""u8),
        ["a frame that is not masked"] = RawFrame.Write(RawOpcode.Text, "{}"u8, masked: false),
        ["a fragmented ping"] = RawFrame.Write(RawOpcode.Ping, ""u8, fin: false),
        ["a ping of 126 bytes"] = RawFrame.Write(RawOpcode.Ping, new byte[126]),
        ["a stray continuation"] = RawFrame.Write(RawOpcode.Continuation, "{}"u8),
        ["a message within a message"] = [.. RawFrame.Write(RawOpcode.Text, "{"u8, fin: false), .. RawFrame.Write("}")],
        ["a 16-bit length that is not minimal"] = [0x81, 0xFE, 0x00, 0x02, 0, 0, 0, 0, (byte)'{', (byte)'}'],
        ["a 64-bit length that is not minimal"] = [0x81, 0xFF, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, (byte)'{', (byte)'}'],
        ["a negative length"] = [0x82, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        ["a close frame of one byte"] = RawFrame.Write(RawOpcode.Close, [3]),
        ["a close code that may not be sent"] = RawFrame.Write(RawOpcode.Close, RawFrame.ClosePayload(1005)),
        ["a close code below 1000"] = RawFrame.Write(RawOpcode.Close, RawFrame.ClosePayload(999)),
        ["a close reason that is not UTF-8"] = RawFrame.Write(RawOpcode.Close, [0x03, 0xE8, 0xFF]),
        ["text that is not UTF-8"] = RawFrame.Write(RawOpcode.Text, [(byte)'"', 0xC0, 0x80, (byte)'"']),
        ["text that ends within a character"] = RawFrame.Write(RawOpcode.Text, [(byte)'"', 0xE2, 0x82]),
        ["text that turns bad before its frame ends"] = RawFrame.Write(RawOpcode.Text, [.. "\"\xff\xff"u8, 0xFF, .. new byte[100]])[..20],
        ["text that is not JSON"] = RawFrame.Write("hello"),
        ["empty text"] = RawFrame.Write(""),
        ["JSON with a trailing comma"] = RawFrame.Write("""{"type":"add","left":1,"right":2,}"""),
        ["JSON with a comment"] = RawFrame.Write("""{"type":"add","left":1,/**/"right":2}"""),
        ["JSON that is cut off"] = RawFrame.Write("""{"type":"add","left":1"""),
        ["binary where no hook takes it"] = RawFrame.Write(RawOpcode.Binary, [1, 2, 3]),
        ["the header of a message over the limit"] = [0x81, 0xFE, 0x04, 0x01, 0, 0, 0, 0],
        ["fragments that add up to more than the limit"] = [.. RawFrame.Write(RawOpcode.Text, new byte[1000], fin: false), .. RawFrame.Write(RawOpcode.Continuation, new byte[25])],
        ["too many fragments"] = [.. RawFrame.Write(RawOpcode.Text, ""u8, fin: false), .. Enumerable.Repeat(RawFrame.Write(RawOpcode.Continuation, ""u8, fin: false), 8).SelectMany(frame => frame)],
    };

    private readonly Diary _diary = new();
    private TestApp _app = null!;
    private RawClient _bystander = null!;
    private RawClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _app = await TestApp.StartAsync(
            app => app.MapPeer<Calculator>(),
            options => (options.MaxMessageSize, options.MaxFragments) = (1024, 8),
            builder => builder.Services.AddSingleton(_diary));
        _bystander = await _app.ConnectAsync("/calc");
        _client = await _app.ConnectAsync("/calc");
    }

    public async ValueTask DisposeAsync()
    {
        await _bystander.DisposeAsync();
        await _client.DisposeAsync();
        await _app.DisposeAsync();
    }

    [Theory]
    [InlineData("a reserved bit", 1002, 12, "broke the protocol (1002)")]
    [InlineData("a reserved opcode", 1002, 12, "broke the protocol (1002)")]
    [InlineData("a reserved control opcode", 1002, 12, "broke the protocol (1002)")]
    [InlineData("a frame that is not masked", 1002, 12, "broke the protocol (1002)")]
    [InlineData("a fragmented ping", 1002, 12, "broke the protocol (1002)")]
    [InlineData("a ping of 126 bytes", 1002, 12, "broke the protocol (1002)")]
    [InlineData("a stray continuation", 1002, 12, "broke the protocol (1002)")]
    [InlineData("a message within a message", 1002, 12, "broke the protocol (1002)")]
    [InlineData("a 16-bit length that is not minimal", 1002, 12, "broke the protocol (1002)")]
    [InlineData("a 64-bit length that is not minimal", 1002, 12, "broke the protocol (1002)")]
    [InlineData("a negative length", 1002, 12, "broke the protocol (1002)")]
    [InlineData("a close frame of one byte", 1002, 12, "broke the protocol (1002)")]
    [InlineData("a close code that may not be sent", 1002, 12, "broke the protocol (1002)")]
    [InlineData("a close code below 1000", 1002, 12, "broke the protocol (1002)")]
    [InlineData("a close reason that is not UTF-8", 1007, 12, "broke the protocol (1007)")]
    [InlineData("text that is not UTF-8", 1007, 12, "broke the protocol (1007)")]
    [InlineData("text that ends within a character", 1007, 12, "broke the protocol (1007)")]
    [InlineData("text that turns bad before its frame ends", 1007, 12, "broke the protocol (1007)")]
    [InlineData("text that is not JSON", 1007, 15, "Message '(none)' from")]
    [InlineData("empty text", 1007, 15, "Message '(none)' from")]
    [InlineData("JSON with a trailing comma", 1007, 15, "was rejected")]
    [InlineData("JSON with a comment", 1007, 15, "was rejected")]
    [InlineData("JSON that is cut off", 1007, 15, "was rejected")]
    [InlineData("binary where no hook takes it", 1003, 14, "sent a Binary message, for which Calculator has no hook, so it is closed (1003). Add an [OnMessage] hook that takes string (text), bytes (binary) or Message (either), or let clients send none.")]
    [InlineData("the header of a message over the limit", 1009, 10, "exceeds MaxMessageSize (1,024 bytes). Raise PeerOptions.MaxMessageSize or split the message.")]
    [InlineData("fragments that add up to more than the limit", 1009, 10, "exceeds MaxMessageSize (1,024 bytes). Raise PeerOptions.MaxMessageSize or split the message.")]
    [InlineData("too many fragments", 1009, 11, "MaxFragments (8) fragments. Raise PeerOptions.MaxFragments")]
    public async Task It_closes_with_a_code_a_line_of_the_log_and_no_effect_on_others(string input, int code, int eventId, string line)
    {
        await _client.SendAsync("""{"type":"add","$id":1,"left":1,"right":2}""");
        await _client.SendRawAsync(s_input[input]);

        // What came before it is answered still.
        Assert.Equal("""{"type":"sum","$re":1,"value":3}""", await _client.ReceiveTextAsync());
        Assert.Equal(code, await _client.ReceiveCloseAsync());
        Assert.StartsWith($"closed {code} by Local", await _diary.NextAsync(), StringComparison.Ordinal);
        Assert.Contains(line, (await _app.Logs.FindAsync(eventId)).Text, StringComparison.Ordinal);
        await AssertBystanderIsWellAsync();
    }

    [Theory]
    [InlineData("""{"type":"nope","$id":1}""", "unknown-type")]
    [InlineData("""{"type":"Add","$id":1,"left":1,"right":2}""", "unknown-type")]
    [InlineData("""{"type":"sum","$id":1,"value":1}""", "unknown-type")]
    [InlineData("""{"type":"add","$id":1,"left":"one","right":2}""", "invalid")]
    [InlineData("""{"type":"add","$id":1,"left":null,"right":2}""", "invalid")]
    [InlineData("""{"type":"add","$id":1,"left":1.5,"right":2}""", "invalid")]
    [InlineData("""{"type":"add","$id":1,"left":2147483648,"right":2}""", "invalid")]
    [InlineData("""{"type":"add","$id":1,"left":1}""", "invalid")]
    [InlineData("""{"type":"add","$id":1,"left":1,"left":1,"right":2}""", "invalid")]
    [InlineData("""{"type":"add","$id":1,"Left":1,"right":2}""", "invalid")]
    [InlineData("""{"type":"tell","$id":1,"what":null}""", "invalid")]
    [InlineData("""{"type":7,"$id":1}""", "invalid")]
    [InlineData("""{"$id":1,"left":1,"right":2}""", "invalid")]
    public async Task An_object_that_fits_no_message_gets_an_error_and_the_peer_stays_open(string text, string error)
    {
        await _client.SendAsync(text);

        Assert.StartsWith($$"""{"type":"$error","$re":1,"code":"{{error}}","message":"{{""}}""", await _client.ReceiveTextAsync(), StringComparison.Ordinal);
        Assert.Contains("was rejected: ", (await _app.Logs.FindAsync(15)).Text, StringComparison.Ordinal);
        await _client.SendAsync("""{"type":"add","left":20,"right":22}""");
        Assert.Equal("""{"type":"sum","value":42}""", await _client.ReceiveTextAsync());
        await AssertBystanderIsWellAsync();
    }

    [Theory]
    [InlineData("""[1,2,3]""")]
    [InlineData("""7""")]
    [InlineData("""null""")]
    [InlineData("""{}""")]
    public async Task Json_that_names_no_message_gets_an_error_and_the_peer_stays_open(string text)
    {
        await _client.SendAsync(text);

        Assert.StartsWith("""{"type":"$error","code":"invalid","message":"The message has no type.""", await _client.ReceiveTextAsync(), StringComparison.Ordinal);
        await _client.SendAsync("""{"type":"add","left":20,"right":22}""");
        Assert.Equal("""{"type":"sum","value":42}""", await _client.ReceiveTextAsync());
    }

    [Fact]
    public async Task A_message_that_is_still_being_sent_does_not_hide_the_close_frame()
    {
        // 1 MiB against a limit of 1 KiB: a reset in answer to what still comes would lose the 1009.
        await _client.SendRawAsync(RawFrame.Write(RawOpcode.Text, new byte[1 << 20]));

        Assert.Equal(1009, (await _client.ReceiveAsync(RawOpcode.Close)).CloseCode);
    }

    [Fact]
    public async Task Text_of_a_client_cannot_forge_a_line_of_the_log()
    {
        await _client.SendAsync("""{"type":"a\r\nfake: line","$id":1}""");
        await _client.ReceiveTextAsync();

        Assert.Contains("Message 'a\uFFFD\uFFFDfake: line' from", (await _app.Logs.FindAsync(15)).Text, StringComparison.Ordinal);
        await _client.SendCloseAsync(1000, "bye\nfake: line");
        Assert.EndsWith("closed: 1000 Normal by Remote: bye\uFFFDfake: line.", (await _app.Logs.FindAsync(2)).Text, StringComparison.Ordinal);
    }

    private async Task AssertBystanderIsWellAsync()
    {
        await _bystander.SendAsync("""{"type":"add","left":1,"right":1}""");
        Assert.Equal("""{"type":"sum","value":2}""", await _bystander.ReceiveTextAsync());
    }
}
