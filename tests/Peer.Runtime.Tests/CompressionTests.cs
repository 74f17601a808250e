using System.IO.Pipelines;
using System.Text;
using Peers.Tests.Kit;
using Peers.Transports;
using Peers.WebSockets;

namespace Peers.Tests;

/// <summary>Which messages are compressed, how often, and that order, policies and counts are those of plain ones.</summary>
public sealed class CompressionTests : IDisposable
{
    private static readonly string s_long = string.Concat(Enumerable.Repeat("what was said, ", 100));

    // The pipe takes one message and then stops, so that the rest waits in the output.
    private static readonly PipeOptions s_narrow = new(pauseWriterThreshold: 100, resumeWriterThreshold: 50);

    private readonly PeerHost _host = new();
    private readonly CountingCodec _codec = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task A_message_is_compressed_when_that_is_asked_for()
    {
        await using var client = await ConnectAsync();
        client.Peer.Send(s_long, compress: true);
        client.Peer.SendUtf8(Encoding.UTF8.GetBytes(s_long), compress: true);
        client.Peer.SendBinary(new byte[1000], compress: true);

        Assert.Equal(s_long, await client.ReceiveTextAsync());
        Assert.Equal(s_long, await client.ReceiveTextAsync());
        Assert.Equal(new byte[1000], (await client.ReceiveAsync()).Payload);
        Assert.Equal(3, _codec.Deflated);
    }

    [Fact]
    public async Task A_message_is_not_compressed_unasked_below_the_threshold()
    {
        await using var client = await ConnectAsync(options => options.Compression.Threshold = 100);
        client.Peer.Send(new string('a', 99));
        Assert.Equal(0, _codec.Deflated);
        client.Peer.Send(new string('a', 100));

        Assert.Equal(1, _codec.Deflated);
        Assert.Equal(new string('a', 99), await client.ReceiveTextAsync());
        Assert.Equal(new string('a', 100), await client.ReceiveTextAsync());
    }

    [Theory]
    [InlineData(100, 2)]
    [InlineData(1000, 0)]
    public async Task What_one_turn_publishes_is_compressed_message_by_message_and_once_for_all_peers(int threshold, int compressed)
    {
        MemoryClient[] clients = [await ConnectAsync(options => options.Compression.Threshold = threshold), await ConnectAsync(options => options.Compression.Threshold = threshold)];
        string[] messages = ["short", new('a', 200), "short again", new('b', 200)];
        foreach (var client in clients) client.Peer.Subscribe("room");
        using (Turn.Enter())
        {
            foreach (var message in messages) _host.Publish("room", message);
        }

        foreach (var client in clients)
        {
            foreach (var message in messages) Assert.Equal(message, await client.ReceiveTextAsync());
            await client.DisposeAsync();
        }

        Assert.Equal(compressed, _codec.Deflated);
    }

    [Fact]
    public async Task A_client_that_offers_nothing_gets_plain_messages()
    {
        await using var client = await ConnectAsync(offer: null);
        client.Peer.Send(s_long, compress: true);

        Assert.Equal(s_long, await client.ReceiveTextAsync());
        Assert.Equal(("", 0), (client.Peer.Extensions, _codec.Deflated));
    }

    [Fact]
    public async Task An_empty_message_and_one_that_does_not_get_smaller_go_as_they_are()
    {
        await using var client = await ConnectAsync();
        client.Peer.Send("", compress: true);
        client.Peer.Send("short", compress: true);

        Assert.Equal("", await client.ReceiveTextAsync());
        Assert.Equal("short", await client.ReceiveTextAsync());
        Assert.Equal(1, _codec.Deflated);
    }

    [Fact]
    public async Task A_published_message_is_compressed_once_for_all_and_plain_for_those_who_want_it_so()
    {
        var clients = new List<MemoryClient>();
        for (var i = 0; i < 12; i++)
        {
            clients.Add(await ConnectAsync(offer: i % 3 == 0 ? null : "permessage-deflate"));
            clients[i].Peer.Subscribe("room");
        }

        _host.Publish("room", s_long, compress: true);
        _host.Publish("room", "plain");
        _host.PublishBinary("room", new byte[500], compress: true);

        foreach (var client in clients)
        {
            Assert.Equal(s_long, await client.ReceiveTextAsync());
            Assert.Equal("plain", await client.ReceiveTextAsync());
            Assert.Equal(new byte[500], (await client.ReceiveAsync()).Payload);
            await client.DisposeAsync();
        }

        Assert.Equal(2, _codec.Deflated);
    }

    [Fact]
    public async Task A_published_message_that_nobody_reads_compressed_is_not_compressed()
    {
        await using var client = await ConnectAsync(offer: null);
        client.Peer.Subscribe("room");
        _host.Publish("room", s_long, compress: true);

        Assert.Equal(s_long, await client.ReceiveTextAsync());
        Assert.Equal(0, _codec.Deflated);
    }

    [Fact]
    public async Task A_published_message_that_does_not_get_smaller_is_tried_once()
    {
        await using var first = await ConnectAsync();
        await using var second = await ConnectAsync();
        first.Peer.Subscribe("room");
        second.Peer.Subscribe("room");
        _host.Publish("room", "short", compress: true);

        Assert.Equal("short", await first.ReceiveTextAsync());
        Assert.Equal("short", await second.ReceiveTextAsync());
        Assert.Equal(1, _codec.Deflated);
    }

    [Theory]
    [InlineData(500, 1)]
    [InlineData(5000, 2)]
    public async Task Peers_of_different_windows_share_what_fits_into_the_smaller(int length, int times)
    {
        await using var small = await ConnectAsync(offer: "permessage-deflate; server_max_window_bits=9");
        await using var large = await ConnectAsync();
        small.Peer.Subscribe("room");
        large.Peer.Subscribe("room");
        var text = string.Concat(Enumerable.Range(0, length).Select(i => (char)('a' + (i * i % 26))));
        _host.Publish("room", text, compress: true);

        Assert.Equal(text, await small.ReceiveTextAsync());
        Assert.Equal(text, await large.ReceiveTextAsync());
        Assert.Equal(times, _codec.Deflated);
    }

    [Fact]
    public async Task What_waits_is_counted_as_long_as_it_is_on_the_wire()
    {
        await using var client = await ConnectAsync(pipes: s_narrow);
        client.Peer.SendBinary(new byte[200]);
        var before = client.Peer.BufferedBytes;
        client.Peer.SendBinary(new byte[10_000], compress: true);

        Assert.InRange(client.Peer.BufferedBytes - before, 10, 150);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sent_and_published_messages_keep_their_order(bool takeover)
    {
        await using var client = await ConnectAsync(options => options.Compression.ServerContextTakeover = takeover);
        client.Peer.Subscribe("room");
        for (var i = 0; i < 300; i++)
        {
            var text = $"{s_long}{i}";
            if (i % 2 == 0) client.Peer.Send(text, compress: i % 4 == 0);
            else _host.Publish("room", text, compress: i % 3 == 0);
        }

        for (var i = 0; i < 300; i++) Assert.Equal($"{s_long}{i}", await client.ReceiveTextAsync());
    }

    [Fact]
    public async Task With_context_takeover_many_threads_send_at_once_and_every_message_is_readable()
    {
        await using var client = await ConnectAsync(options => (options.Compression.ServerContextTakeover, options.MaxBufferedBytes) = (true, 64 << 20));
        client.Peer.Subscribe("room");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 200; i++)
            {
                if (thread % 2 == 0) client.Peer.Send($"{thread} {i} {s_long}", compress: true);
                else _host.Publish("room", $"{thread} {i} {s_long}", compress: true);
            }
        })));

        var next = new int[4];
        for (var i = 0; i < 800; i++)
        {
            var words = (await client.ReceiveTextAsync()).Split(' ');
            Assert.Equal(next[words[0][0] - '0']++, int.Parse(words[1]));
        }
    }

    [Fact]
    public async Task With_context_takeover_a_message_that_repeats_another_is_a_few_bytes()
    {
        await using var client = await ConnectAsync(options => options.Compression.ServerContextTakeover = true, pipes: s_narrow);
        var random = new byte[1000];
        new Random(1).NextBytes(random);
        var text = Convert.ToHexString(random);
        client.Peer.Send(text, compress: true);
        var before = client.Peer.BufferedBytes;
        client.Peer.Send(text, compress: true);

        Assert.InRange(client.Peer.BufferedBytes - before, 5, 100);
        Assert.Equal(text, await client.ReceiveTextAsync());
        Assert.Equal(text, await client.ReceiveTextAsync());
    }

    // What a client was not sent must not be referred to, whichever way it was lost.
    [Theory]
    [InlineData(SlowPeerPolicy.DropNewest, false)]
    [InlineData(SlowPeerPolicy.DropNewest, true)]
    [InlineData(SlowPeerPolicy.DropOldest, false)]
    [InlineData(SlowPeerPolicy.DropOldest, true)]
    [InlineData(SlowPeerPolicy.KeepLatest, false)]
    [InlineData(SlowPeerPolicy.KeepLatest, true)]
    public async Task Under_a_dropping_policy_everything_that_arrives_is_readable_and_in_order(SlowPeerPolicy policy, bool takeover)
    {
        await using var client = await ConnectAsync(
            options => (options.Compression.ServerContextTakeover, options.SlowPeerPolicy, options.MaxBufferedBytes) = (takeover, policy, 1000),
            pipes: s_narrow);
        client.Peer.Subscribe("room");
        var random = new Random(1);
        for (var i = 0; i < 60; i++)
        {
            var noise = new byte[100];
            random.NextBytes(noise);
            _host.Publish("room", $"{i:000} {Convert.ToHexString(noise)}", compress: true);
        }

        client.Peer.Close();
        var got = new List<string>();
        for (var frame = await client.ReceiveAsync(); frame.Kind == FrameEvent.Text; frame = await client.ReceiveAsync()) got.Add(frame.Text[..3]);
        Assert.Equal(got.Order(StringComparer.Ordinal), got);
        Assert.InRange(got.Count, 1, 20);
        if (policy == SlowPeerPolicy.DropNewest) Assert.Equal("000", got[0]);
        else Assert.Equal("059", got[^1]);
    }

    [Fact]
    public async Task A_burst_of_bombs_waits_compressed_while_a_hook_is_pending()
    {
        var first = Patience.Signal();
        var entered = Patience.Signal();
        var seen = 0;
        var all = Patience.Signal();
        await using var client = await ConnectAsync(pipes: new(pauseWriterThreshold: 0), handler: new ScriptedHandler
        {
            Binary = async (_, payload) =>
            {
                Assert.Equal(60_000, payload.Length);
                entered.TrySetResult();
                await first.Task;
                if (Interlocked.Increment(ref seen) == 1000) all.SetResult();
            },
        });
        await client.SendRawAsync([.. Enumerable.Repeat(Compressed(Opcode.Binary, new byte[60_000]), 1000).SelectMany(bytes => bytes)]);
        await entered.Soon();

        Assert.InRange(_codec.Inflated, 1, 4);
        first.SetResult();
        await all.Soon();
        await client.CloseAsync();
        Assert.Equal(CloseCode.Normal, await client.ReceiveCloseAsync());
    }

    // The rest of a burst was inflated and thrown away, message by message.
    [Fact]
    public async Task Nothing_is_inflated_behind_our_own_close_frame_and_the_client_can_still_answer_it()
    {
        (CloseCode Code, bool WasClean) closed = default;
        await using var client = await ConnectAsync(handler: new ScriptedHandler
        {
            Close = (_, close) =>
            {
                closed = (close.Code, close.WasClean);
                return default;
            },
            Binary = (peer, _) =>
            {
                peer.Close(CloseCode.PolicyViolation, "enough");
                return default;
            },
        });
        byte[] half = Compressed(Opcode.Binary, new byte[60_000], fin: false);
        await client.SendRawAsync([.. Enumerable.Repeat(Compressed(Opcode.Binary, new byte[60_000]), 100).SelectMany(bytes => bytes), .. half, .. MemoryClient.Encode(Opcode.Continuation, [])]);
        Assert.Equal(CloseCode.PolicyViolation, await client.ReceiveCloseAsync());
        await client.CloseAsync(CloseCode.PolicyViolation);
        await client.Run.WaitAsync(Patience.Limit);

        Assert.Equal(1, _codec.Inflated);
        Assert.Equal((CloseCode.PolicyViolation, true), closed);
    }

    [Fact]
    public async Task A_compressed_reply_that_comes_behind_our_own_close_frame_is_taken_while_it_is_waited_for()
    {
        await using var client = await ConnectAsync();
        var answer = client.Peer.RequestAsync<Question, Count>(new(""), Timeout.InfiniteTimeSpan, TestContext.Current.CancellationToken);
        await client.ReceiveTextAsync();
        client.Peer.Close(CloseCode.GoingAway, "");
        Assert.Equal(CloseCode.GoingAway, await client.ReceiveCloseAsync());
        await client.SendRawAsync(Compressed(Opcode.Text, Encoding.UTF8.GetBytes($$"""{"type":"count",{{new string(' ', 100)}}"$re":1,"value":7}""")));

        Assert.Equal(7, (await answer.WaitAsync(Patience.Limit, TestContext.Current.CancellationToken)).Value);
    }

    [Theory]
    [InlineData(nameof(CompressionOptions.Level), 0)]
    [InlineData(nameof(CompressionOptions.Level), 10)]
    [InlineData(nameof(CompressionOptions.ServerMaxWindowBits), 8)]
    [InlineData(nameof(CompressionOptions.ServerMaxWindowBits), 16)]
    [InlineData(nameof(CompressionOptions.ClientMaxWindowBits), 8)]
    [InlineData(nameof(CompressionOptions.ClientMaxWindowBits), 16)]
    [InlineData(nameof(CompressionOptions.Threshold), -1)]
    public void An_option_out_of_its_bounds_is_named(string name, int value)
    {
        var options = new PeerOptions();
        typeof(CompressionOptions).GetProperty(name)!.SetValue(options.Compression, value);

        Assert.Contains($"Compression.{name}", Assert.Throws<ArgumentOutOfRangeException>(options.Validate).Message, StringComparison.Ordinal);
    }

    private static byte[] Compressed(Opcode opcode, byte[] payload, bool fin = true)
    {
        var compressed = new byte[DeflateCodec.Room(payload.Length)];
        compressed = compressed[..new ZlibCodec().Deflate(6, 15, history: default, payload, compressed)];
        var frame = MemoryClient.Encode(opcode, compressed, fin);
        frame[0] |= FrameHeader.Rsv1;
        return frame;
    }

    private Task<MemoryClient> ConnectAsync(Action<PeerOptions>? configure = null, string? offer = "permessage-deflate", PipeOptions? pipes = null, ScriptedHandler? handler = null)
    {
        var options = new PeerOptions { Compression = { Enabled = true } };
        options.Compression.SetCodec(_codec);
        configure?.Invoke(options);
        return MemoryClient.ConnectAsync(_host, handler ?? new ScriptedHandler(), options, request => { if (offer is not null) request.Headers["Sec-WebSocket-Extensions"] = offer; }, pipes);
    }

    /// <summary>Counts what it does.</summary>
    private sealed class CountingCodec : DeflateCodec
    {
        private readonly ZlibCodec _codec = new();
        private int _deflated;
        private int _inflated;

        public int Deflated => _deflated;

        public int Inflated => _inflated;

        public override bool HasWindows => true;

        public override int Deflate(int level, int windowBits, ReadOnlySpan<byte> history, ReadOnlySpan<byte> payload, Span<byte> destination)
        {
            Interlocked.Increment(ref _deflated);
            return _codec.Deflate(level, windowBits, history, payload, destination);
        }

        public override InflateResult Inflate(ReadOnlySpan<byte> history, ReadOnlySpan<byte> data, ref GatherBuffer output, int limit)
        {
            Interlocked.Increment(ref _inflated);
            return _codec.Inflate(history, data, ref output, limit);
        }
    }
}
