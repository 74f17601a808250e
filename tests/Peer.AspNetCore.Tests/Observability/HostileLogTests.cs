using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests.Observability;

/// <summary>What a client can write to the log of a real server: bounded, on one line, and without characters that change how it is displayed.</summary>
public sealed class HostileLogTests
{
    // CR LF, ESC, NEL, CSI, line and paragraph separator, right-to-left override, zero-width space, byte order mark, tag.
    private const string Harmful = "\r\n\u001B\u0085\u009B\u2028\u2029\u202E\u200B\uFEFF\U000E0041";

    // 25,000 characters of an origin became 25,000 characters of each line; U+0085 and U+202E passed.
    [Fact]
    public async Task An_origin_is_bounded_and_text_that_is_none_is_not_logged()
    {
        await using var app = await TestApp.StartAsync(app => app.MapPeer<EchoHandler>());
        await app.RequestAsync(RawClient.UpgradeRequest("/echo", ("Origin", AsUtf8("http://a\u202Eb\u2028c\u009Bd" + new string('e', 25_000)))));
        await app.RequestAsync(RawClient.UpgradeRequest("/echo", ("Origin", "app://" + new string('e', 25_000))));

        Assert.DoesNotContain("eee", (await app.Logs.FindAsync(116)).Text, StringComparison.Ordinal);
        var line = (await app.Logs.FindAsync(101)).Text;
        Assert.StartsWith("Origin 'app://eee", line, StringComparison.Ordinal);
        Assert.Contains("… (25,006 characters)' may not connect to '/echo' (403). Add it to", line, StringComparison.Ordinal);
        Assert.InRange(line.Length, 0, 600);
    }

    [Fact]
    public async Task Very_many_subprotocols_are_counted_and_not_logged()
    {
        await using var app = await TestApp.StartAsync(app => app.MapPeer<EchoHandler>());
        var offered = string.Join(',', Enumerable.Range(0, 3_500).Select(number => $"p{number:D5}"));
        await app.RequestAsync(RawClient.UpgradeRequest("/echo", ("Sec-WebSocket-Protocol", offered)));

        var line = (await app.Logs.FindAsync(104)).Text;
        Assert.StartsWith("A client offered 3,500 subprotocols to '/echo' and none was chosen", line, StringComparison.Ordinal);
        Assert.DoesNotContain("p00000", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_type_of_a_message_is_bounded_and_sanitised()
    {
        await using var app = await StartAsync();
        await using var client = await app.ConnectAsync("/calc");
        await client.SendAsync($$"""{"type":"{{Escaped(Harmful)}}FAKE"}""");
        await client.SendAsync($$"""{"type":"{{new string('ü', 3_000)}}"}""");

        var line = (await app.Logs.FindAsync(15)).Text;
        Assert.StartsWith($"Message '{new string('\uFFFD', 11)}FAKE' from", line, StringComparison.Ordinal);
        line = (await app.Logs.FindAsync(15, ordinal: 2)).Text;
        Assert.StartsWith($"Message '{new string('ü', 32)}… (6,000 bytes)' from", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_reason_of_a_close_frame_is_sanitised()
    {
        await using var app = await StartAsync();
        await using var client = await app.ConnectAsync("/calc");
        await client.SendFrameAsync(RawOpcode.Close, (byte[])[0x03, 0xE8, .. Encoding.UTF8.GetBytes("bye" + Harmful)]);

        var line = (await app.Logs.FindAsync(2)).Text;
        Assert.EndsWith($"1000 Normal by Remote: bye{new string('\uFFFD', 11)}.", line, StringComparison.Ordinal);
    }

    // A hook's exception that quotes the client was written as it is, with line breaks and at any length.
    [Fact]
    public async Task A_hooks_exception_that_quotes_the_client_is_bounded_and_sanitised()
    {
        await using var app = await StartAsync();
        await using var client = await app.ConnectAsync("/calc");
        await client.SendAsync($$"""{"type":"fail","why":"x{{Escaped(Harmful)}}{{new string('y', 20_000)}}"}""");

        var exception = (await app.Logs.FindAsync(16)).Exception!;
        Assert.StartsWith("System.InvalidOperationException: x\uFFFD\uFFFD\uFFFD", exception.ToString(), StringComparison.Ordinal);
        Assert.Contains("(20,013 characters)", exception.Message, StringComparison.Ordinal);
        Assert.Contains("Calculator", exception.StackTrace, StringComparison.Ordinal);
        Assert.Equal(-1, exception.ToString().IndexOfAny([.. Harmful.Except("\r\n")]));
        Assert.InRange(exception.ToString().Length, 0, 16_500);
    }

    private static Task<TestApp> StartAsync() =>
        TestApp.StartAsync(app => app.MapPeer<Calculator>(), configure: builder => builder.Services.AddSingleton(new Diary()));

    // The test client sends Latin-1, and the server reads UTF-8.
    private static string AsUtf8(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    private static string Escaped(string text) => string.Concat(text.Select(one => $"\\u{(int)one:X4}"));
}
