using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests.Handshake;

/// <summary>RFC 6455 §4.2: which handshakes are answered with 101, and what the others get.</summary>
public sealed class HttpUpgradeTests : IAsyncLifetime
{
    private TestApp _app = null!;

    public async ValueTask InitializeAsync() => _app = await TestApp.StartAsync(app => app.MapPeer<EchoHandler>());

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task A_right_handshake_is_answered_with_101_and_the_accept_of_its_key()
    {
        await using var client = await _app.ConnectAsync("/echo");

        Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", client.Handshake!.Header("Sec-WebSocket-Accept"));
        Assert.Equal("websocket", client.Handshake.Header("Upgrade"));
        Assert.Equal("Upgrade", client.Handshake.Header("Connection"));
        Assert.Null(client.Handshake.Header("Sec-WebSocket-Protocol"));
        Assert.Null(client.Handshake.Header("Sec-WebSocket-Extensions"));
    }

    [Theory]
    [InlineData("Upgrade", "WebSocket")]
    [InlineData("Upgrade", "h2c, websocket")]
    [InlineData("Connection", "keep-alive, Upgrade")]
    [InlineData("Connection", "upgrade")]
    [InlineData("Connection", "keep-alive,UPGRADE , foo")]
    [InlineData("Sec-WebSocket-Extensions", "permessage-deflate; client_max_window_bits, x-unknown")]
    [InlineData("Sec-WebSocket-Extensions", "")]
    [InlineData("X-Whatever", "1")]
    public async Task A_handshake_may_say(string header, string value)
    {
        await using var client = await _app.ConnectAsync("/echo", (header, value));
        await client.SendAsync("hi");

        Assert.Equal("hi", await client.ReceiveTextAsync());
        Assert.Null(client.Handshake!.Header("Sec-WebSocket-Extensions"));
    }

    [Theory]
    [InlineData("Upgrade", null, 426, "Upgrade: websocket")]
    [InlineData("Upgrade", "h2c", 426, "Upgrade: websocket")]
    [InlineData("Upgrade", "websocket2", 426, "Upgrade: websocket")]
    [InlineData("Connection", null, 400, "Connection")]
    [InlineData("Connection", "keep-alive", 400, "Connection")]
    [InlineData("Connection", "keep-alive Upgrade", 400, "Connection")]
    [InlineData("Sec-WebSocket-Version", null, 426, "13")]
    [InlineData("Sec-WebSocket-Version", "8", 426, "13")]
    [InlineData("Sec-WebSocket-Version", "14", 426, "13")]
    [InlineData("Sec-WebSocket-Version", "13, 8", 426, "13")]
    [InlineData("Sec-WebSocket-Version", "", 426, "13")]
    [InlineData("Sec-WebSocket-Key", null, 400, "Sec-WebSocket-Key")]
    [InlineData("Sec-WebSocket-Key", "", 400, "Sec-WebSocket-Key")]
    [InlineData("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ", 400, "Sec-WebSocket-Key")]
    [InlineData("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZSBub25jZQ==", 400, "Sec-WebSocket-Key")]
    [InlineData("Sec-WebSocket-Key", "dG hlIHNhbXBsZSBub25jZQ=", 400, "Sec-WebSocket-Key")]
    [InlineData("Sec-WebSocket-Key", "c2hvcnQ=", 400, "Sec-WebSocket-Key")]
    [InlineData("Sec-WebSocket-Key", "****hlIHNhbXBsZSBub25jZQ", 400, "Sec-WebSocket-Key")]
    public async Task A_wrong_header_is_refused_and_named(string header, string? value, int status, string named)
    {
        var answer = await _app.RequestAsync(RawClient.UpgradeRequest("/echo", (header, value)));

        Assert.Equal(status, answer.Status);
        Assert.Contains(named, answer.Body, StringComparison.Ordinal);
        Assert.Contains(answer.Body, (await _app.Logs.FindAsync(100)).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==", 400)]
    [InlineData("Sec-WebSocket-Version", "13", 426)]
    [InlineData("Origin", "http://localhost", 400)]
    [InlineData("Host", "localhost", 400)]
    public async Task A_header_that_must_be_single_may_not_be_repeated(string header, string value, int status)
    {
        var answer = await _app.RequestAsync(RawClient.UpgradeRequest("/echo", (header, value), (header, value)));

        Assert.Equal(status, answer.Status);
    }

    [Fact]
    public async Task Headers_that_are_lists_may_be_repeated()
    {
        await using var client = await _app.ConnectAsync("/echo",
            ("Connection", "keep-alive"), ("Connection", "Upgrade"), ("Upgrade", "foo"), ("Upgrade", "websocket"), ("Sec-WebSocket-Protocol", "a"), ("Sec-WebSocket-Protocol", "b"));

        Assert.Equal(101, client.Handshake!.Status);
    }

    [Fact]
    public async Task An_unsupported_version_is_told_the_one_that_is()
    {
        var answer = await _app.RequestAsync(RawClient.UpgradeRequest("/echo", ("Sec-WebSocket-Version", "12")));

        Assert.Equal("13", answer.Header("Sec-WebSocket-Version"));
    }

    [Fact]
    public async Task A_plain_get_is_told_to_upgrade()
    {
        var answer = await _app.RequestAsync("GET /echo HTTP/1.1\r\nHost: localhost\r\n\r\n");

        Assert.Equal(426, answer.Status);
        Assert.Equal("websocket", answer.Header("Upgrade"));
        Assert.Equal("Upgrade", answer.Header("Connection"));
        Assert.Equal("This is a WebSocket endpoint: the request needs the header 'Upgrade: websocket'.", answer.Body);
        Assert.Equal(
            "A request to '/echo' was refused (426): This is a WebSocket endpoint: the request needs the header 'Upgrade: websocket'.",
            (await _app.Logs.FindAsync(100)).Text);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("HEAD")]
    [InlineData("PUT")]
    [InlineData("OPTIONS")]
    [InlineData("DELETE")]
    public async Task Another_method_is_told_that_only_get_is_allowed(string method)
    {
        var answer = await _app.RequestAsync($"{method} /echo HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        Assert.Equal(405, answer.Status);
        Assert.Equal("GET", answer.Header("Allow"));
    }

    [Fact]
    public async Task Http_1_0_is_refused()
    {
        var answer = await _app.RequestAsync(RawClient.UpgradeRequest("/echo").Replace("HTTP/1.1", "HTTP/1.0", StringComparison.Ordinal));

        Assert.Equal(400, answer.Status);
        Assert.Equal("A WebSocket needs HTTP/1.1 or later.", answer.Body);
    }

    [Theory]
    [InlineData("Content-Length", "5")]
    [InlineData("Transfer-Encoding", "chunked")]
    public async Task A_handshake_with_a_body_is_refused(string header, string value)
    {
        var answer = await _app.RequestAsync(RawClient.UpgradeRequest("/echo", (header, value)));

        Assert.Equal(400, answer.Status);
    }

    [Fact]
    public async Task A_connection_goes_on_after_a_refusal()
    {
        await using var client = await RawClient.DialAsync(_app.Port);
        Assert.Equal(400, (await client.RequestAsync(RawClient.UpgradeRequest("/echo", ("Sec-WebSocket-Key", null)))).Status);

        Assert.Equal(101, (await client.RequestAsync(RawClient.UpgradeRequest("/echo"))).Status);
    }

    [Fact]
    public async Task A_handshake_that_comes_byte_by_byte_is_answered()
    {
        await using var client = await RawClient.DialAsync(_app.Port);
        await client.SendChoppedAsync(System.Text.Encoding.ASCII.GetBytes(RawClient.UpgradeRequest("/echo")), size: 1);

        Assert.Equal(101, (await client.ReceiveAnswerAsync()).Status);
    }

    [Fact]
    public async Task Frames_that_come_right_behind_the_handshake_are_not_lost()
    {
        await using var client = await RawClient.DialAsync(_app.Port);
        await client.SendRawAsync((byte[])[.. System.Text.Encoding.ASCII.GetBytes(RawClient.UpgradeRequest("/echo")), .. RawFrame.Write("one"), .. RawFrame.Write("two")]);

        Assert.Equal(101, (await client.ReceiveAnswerAsync()).Status);
        Assert.Equal("one", await client.ReceiveTextAsync());
        Assert.Equal("two", await client.ReceiveTextAsync());
    }

    [Fact]
    public async Task Half_a_frame_behind_the_handshake_is_joined_with_the_rest()
    {
        var frame = RawFrame.Write("one");
        await using var client = await RawClient.DialAsync(_app.Port);
        await client.SendRawAsync((byte[])[.. System.Text.Encoding.ASCII.GetBytes(RawClient.UpgradeRequest("/echo")), .. frame[..3]]);
        Assert.Equal(101, (await client.ReceiveAnswerAsync()).Status);
        await client.SendRawAsync(frame.AsMemory(3));

        Assert.Equal("one", await client.ReceiveTextAsync());
    }

    [Fact]
    public async Task A_flood_of_wrong_requests_leaves_lines_at_debug_alone()
    {
        for (var i = 0; i < 200; i++) await _app.RequestAsync("GET /echo HTTP/1.1\r\nHost: localhost\r\n\r\n");

        var line = await _app.Logs.FindAsync(100);
        Assert.Equal(Microsoft.Extensions.Logging.LogLevel.Debug, line.Level);
        Assert.DoesNotContain(_app.Logs.Lines, one => one.Level > line.Level);
    }
}
