using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Peers.TestKit;
using Peers.Tests.Kit;
using Peers.WebSockets;

namespace Peers.Tests.Compression;

/// <summary>permessage-deflate (RFC 7692) over real sockets, spoken with the client of the base library, by every codec there is.</summary>
public sealed class DeflateTests
{
    public static TheoryData<string, bool, bool> Contexts { get; } = new(
        from codec in new[] { "zlib", "stream" }
        from server in new[] { false, true }
        from client in new[] { false, true }
        select (codec, server, client));

    [Theory, MemberData(nameof(Contexts))]
    public async Task Messages_of_every_length_come_back_at_every_window(string codec, bool serverTakesOver, bool clientTakesOver)
    {
        await using var app = await StartAsync(codec, options => (options.ServerContextTakeover, options.ClientContextTakeover) = (serverTakesOver, clientTakesOver));
        for (var bits = 9; bits <= 15; bits++)
        {
            using var client = await ConnectAsync(app, new()
            {
                ServerMaxWindowBits = codec == "zlib" ? bits : 15,
                ClientMaxWindowBits = bits,
                ServerContextTakeover = serverTakesOver,
                ClientContextTakeover = clientTakesOver,
            });
            var random = new Random(bits);
            foreach (var length in new[] { 0, 1, 20, 125, 126, 300, 511, 513, 5000, 40_000, 65_536, 300, 0, 20 }) await EchoAsync(client, Payload(random, length), random);
            await client.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None).Soon();
        }

        Assert.Equal(7, app.Logs.Lines.Count(line => line.EventId == 1));
    }

    [Theory, MemberData(nameof(Contexts))]
    public async Task A_thousand_random_messages_come_back(string codec, bool serverTakesOver, bool clientTakesOver)
    {
        await using var app = await StartAsync(codec, options => (options.ServerContextTakeover, options.ClientContextTakeover) = (serverTakesOver, clientTakesOver));
        using var client = await ConnectAsync(app, new() { ServerContextTakeover = serverTakesOver, ClientContextTakeover = clientTakesOver });
        var random = new Random(42);
        for (var i = 0; i < 1000; i++) await EchoAsync(client, Payload(random, random.Next(3000)), random);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(12)]
    public async Task A_window_that_the_server_wants_smaller_is_kept_to_on_both_sides(int bits)
    {
        await using var app = await StartAsync("zlib", options => options.ServerMaxWindowBits = options.ClientMaxWindowBits = bits);
        using var client = await ConnectAsync(app, new());
        var peer = await app.SinglePeerAsync();
        await EchoAsync(client, Payload(new Random(1), 60_000), new Random(1));

        Assert.Equal($"permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits={bits}; client_max_window_bits={bits}", peer.Extensions);
    }

    [Fact]
    public async Task Over_http_2_messages_are_compressed_too()
    {
        await using var app = await TestApp.StartAsync(app => app.MapPeer<EchoHandler>(), options => (options.Compression.Enabled, options.Compression.Threshold) = (true, 1), protocols: HttpProtocols.Http2);
        using var http = new HttpMessageInvoker(new SocketsHttpHandler());
        using var client = new ClientWebSocket { Options = { HttpVersion = new(2, 0), HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact, DangerousDeflateOptions = new() } };
        await client.ConnectAsync(new Uri($"ws://localhost:{app.Port}/echo"), http, CancellationToken.None).Soon();
        var peer = await app.SinglePeerAsync();
        await EchoAsync(client, Payload(new Random(1), 2000), new Random(1));

        Assert.StartsWith("permessage-deflate", peer.Extensions, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_codec_without_windows_cannot_keep_to_goes_uncompressed()
    {
        await using var app = await StartAsync("stream");
        using var client = await ConnectAsync(app, new() { ServerMaxWindowBits = 14 });
        var peer = await app.SinglePeerAsync();
        await EchoAsync(client, Payload(new Random(1), 2000), new Random(1));

        Assert.Equal("", peer.Extensions);
    }

    [Fact]
    public async Task Unless_it_is_enabled_nothing_is_agreed_on()
    {
        await using var app = await TestApp.StartAsync(app => app.MapPeer<EchoHandler>());
        await using var client = await app.ConnectAsync("/echo", ("Sec-WebSocket-Extensions", "permessage-deflate"));

        Assert.Null(client.Handshake!.Header("Sec-WebSocket-Extensions"));
    }

    [Fact]
    public async Task The_answer_says_what_was_agreed_on_and_frames_show_it()
    {
        await using var app = await StartAsync("zlib");
        await using var client = await app.ConnectAsync("/echo", ("Sec-WebSocket-Extensions", "x-unknown, permessage-deflate; client_max_window_bits"));
        var text = new string('a', 100);
        await client.SendAsync(text);
        var answer = await client.ReceiveAsync(RawOpcode.Text);

        Assert.Equal("permessage-deflate; server_no_context_takeover; client_no_context_takeover", client.Handshake!.Header("Sec-WebSocket-Extensions"));
        Assert.Equal(4, answer.Rsv);
        Assert.InRange(answer.Payload.Length, 1, 20);
        await client.SendFrameAsync(RawOpcode.Text, answer.Payload, rsv: 4);
        Assert.Equal(answer.Payload, (await client.ReceiveAsync(RawOpcode.Text)).Payload);
        await client.SendAsync("x");
        var small = await client.ReceiveAsync(RawOpcode.Text);
        Assert.Equal(("x", 0), (small.Text, small.Rsv));
    }

    [Theory]
    [InlineData("permessage-deflate;")]
    [InlineData("a b")]
    public async Task A_malformed_header_is_refused_whether_or_not_it_is_enabled(string header)
    {
        await using var app = await TestApp.StartAsync(app => app.MapPeer<EchoHandler>());

        Assert.Equal(400, (await app.RequestAsync(RawClient.UpgradeRequest("/echo", ("Sec-WebSocket-Extensions", header)))).Status);
    }

    [Theory]
    [InlineData("zlib")]
    [InlineData("stream")]
    public async Task A_bomb_is_closed_with_1009_and_corrupt_data_with_1007(string codec)
    {
        await using var app = await StartAsync(codec);
        var bomb = new byte[DeflateCodec.Room(10 << 20)];
        bomb = bomb[..new ZlibCodec().Deflate(9, 15, history: default, new byte[10 << 20], bomb)];
        await using var first = await app.ConnectAsync("/echo", ("Sec-WebSocket-Extensions", "permessage-deflate"));
        await first.SendFrameAsync(RawOpcode.Binary, bomb, rsv: 4);
        Assert.Equal(1009, await first.ReceiveCloseAsync());

        await using var second = await app.ConnectAsync("/echo", ("Sec-WebSocket-Extensions", "permessage-deflate"));
        await second.SendFrameAsync(RawOpcode.Binary, new byte[] { 0xFF, 0xFF }, rsv: 4);
        Assert.Equal(1007, await second.ReceiveCloseAsync());
    }

    [Theory]
    [InlineData(RawOpcode.Ping, 4)]
    [InlineData(RawOpcode.Continuation, 4)]
    [InlineData(RawOpcode.Text, 2)]
    public async Task A_reserved_bit_that_means_nothing_there_is_closed_with_1002(RawOpcode opcode, int rsv)
    {
        await using var app = await StartAsync("zlib");
        await using var client = await app.ConnectAsync("/echo", ("Sec-WebSocket-Extensions", "permessage-deflate"));
        if (opcode == RawOpcode.Continuation) await client.SendFrameAsync(RawOpcode.Text, new byte[] { 0xF2 }, fin: false, rsv: 4);
        await client.SendFrameAsync(opcode, new byte[] { 0x00 }, rsv: rsv);

        Assert.Equal(1002, await client.ReceiveCloseAsync());
    }

    private static Task<TestApp> StartAsync(string codec, Action<CompressionOptions>? configure = null) => TestApp.StartAsync(
        app => app.MapPeer<EchoHandler>(),
        options =>
        {
            options.Compression.SetCodec(codec == "zlib" ? new ZlibCodec() : new StreamCodec());
            (options.Compression.Enabled, options.Compression.Threshold) = (true, 1);
            configure?.Invoke(options.Compression);
        });

    private static async Task<ClientWebSocket> ConnectAsync(TestApp app, WebSocketDeflateOptions options)
    {
        var client = new ClientWebSocket { Options = { DangerousDeflateOptions = options } };
        await client.ConnectAsync(new Uri($"ws://localhost:{app.Port}/echo"), CancellationToken.None).Soon();
        return client;
    }

    // Sends in one frame or in several, and receives the same in one message.
    private static async Task EchoAsync(ClientWebSocket client, byte[] payload, Random random)
    {
        var type = random.Next(2) == 0 ? WebSocketMessageType.Text : WebSocketMessageType.Binary;
        var cut = random.Next(3) == 0 ? random.Next(payload.Length + 1) : 0;
        if (cut > 0) await client.SendAsync(payload.AsMemory(0, cut), type, endOfMessage: false, CancellationToken.None).AsTask().Soon();
        await client.SendAsync(payload.AsMemory(cut), type, endOfMessage: true, CancellationToken.None).AsTask().Soon();

        var received = new byte[payload.Length + 1];
        var length = 0;
        ValueWebSocketReceiveResult result;
        do
        {
            result = await client.ReceiveAsync(received.AsMemory(length), CancellationToken.None).AsTask().Soon();
            length += result.Count;
        }
        while (!result.EndOfMessage);

        Assert.Equal(type, result.MessageType);
        Assert.True(payload.AsSpan().SequenceEqual(received.AsSpan(0, length)), $"{payload.Length} bytes came back otherwise");
    }

    // Words in random order: compressible, with references near and far.
    private static byte[] Payload(Random random, int length)
    {
        var text = new StringBuilder(length + 10);
        while (text.Length < length) text.Append(random.Next(4) == 0 ? random.Next().ToString("x", System.Globalization.CultureInfo.InvariantCulture) : "\"type\":");
        return Encoding.ASCII.GetBytes(text.ToString(0, length));
    }
}
