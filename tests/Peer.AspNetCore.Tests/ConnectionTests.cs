using Microsoft.Extensions.DependencyInjection;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>A connection over a real socket, from its first frame to each of its ends.</summary>
public sealed class ConnectionTests
{
    private readonly Diary _diary = new();

    [Theory]
    [InlineData(false, 0)]
    [InlineData(false, 125)]
    [InlineData(false, 126)]
    [InlineData(false, 65_535)]
    [InlineData(false, 65_536)]
    [InlineData(false, 1_000_000)]
    [InlineData(true, 0)]
    [InlineData(true, 126)]
    [InlineData(true, 65_536)]
    [InlineData(true, 1_000_000)]
    public async Task Binary_of_any_length_comes_back_over_plain_tcp_and_tls(bool tls, int length)
    {
        await using var app = await StartAsync(tls);
        await using var client = await app.ConnectAsync("/echo");
        var data = new byte[length];
        new Random(1).NextBytes(data);
        await client.SendFrameAsync(RawOpcode.Binary, data);

        Assert.Equal(data, (await client.ReceiveAsync(RawOpcode.Binary)).Payload);
        Assert.Equal(1000, await client.CloseAsync());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(997)]
    public async Task Messages_come_whole_however_the_bytes_are_chopped(int size)
    {
        await using var app = await StartAsync();
        await using var client = await app.ConnectAsync("/echo");
        var text = string.Concat(Enumerable.Repeat("aé€😀", 100));
        byte[] bytes = [.. RawFrame.Write(text), .. RawFrame.Write(RawOpcode.Text, "two"u8, fin: false), .. RawFrame.Write(RawOpcode.Ping, "p"u8), .. RawFrame.Write(RawOpcode.Continuation, " parts"u8)];
        await client.SendChoppedAsync(bytes, size);

        Assert.Equal(text, await client.ReceiveTextAsync());
        Assert.Equal("p", (await client.ReceiveAsync(RawOpcode.Pong)).Text);
        Assert.Equal("two parts", await client.ReceiveTextAsync());
    }

    [Fact]
    public async Task A_thousand_messages_in_one_write_come_back_in_order()
    {
        await using var app = await StartAsync();
        await using var client = await app.ConnectAsync("/echo");
        await client.SendRawAsync(Enumerable.Range(0, 1000).SelectMany(i => RawFrame.Write($"{i}")).ToArray());

        for (var i = 0; i < 1000; i++) Assert.Equal($"{i}", await client.ReceiveTextAsync());
    }

    [Fact]
    public async Task A_message_over_the_limit_is_1009_to_the_client_and_to_the_close_hook()
    {
        await using var app = await StartAsync(options: options => options.MaxMessageSize = 10);
        await using var client = await app.ConnectAsync("/patient");
        await client.SendAsync("12345678901");

        Assert.Equal(1009, await client.ReceiveCloseAsync());
        Assert.Equal("closed 1009 by Local", await _diary.NextAsync());
    }

    [Fact]
    public async Task A_ping_is_answered_while_a_hook_is_pending()
    {
        await using var app = await StartAsync();
        await using var client = await app.ConnectAsync("/patient");
        await client.SendAsync("wait");
        Assert.Equal("waiting", await _diary.NextAsync());
        await client.SendFrameAsync(RawOpcode.Ping, "are you there?"u8.ToArray());

        Assert.Equal("are you there?", (await client.ReceiveAsync(RawOpcode.Pong)).Text);
    }

    [Theory]
    [InlineData("reset", "closed 1006 by Remote, not clean")]
    [InlineData("end", "closed 1006 by Remote, not clean")]
    [InlineData("close", "closed 1001 by Remote")]
    public async Task Its_loss_cancels_Closed_while_a_hook_is_pending_and_the_close_hook_comes_after(string how, string close)
    {
        await using var app = await StartAsync();
        await using var client = await app.ConnectAsync("/patient");
        await client.SendAsync("wait");
        Assert.Equal("waiting", await _diary.NextAsync());
        if (how == "reset") client.Reset();
        else if (how == "end") await client.DisposeAsync();
        else await client.SendCloseAsync(1001);

        Assert.Equal("cancelled", await _diary.NextAsync());
        Assert.Equal(close, await _diary.NextAsync());
    }

    // Kestrel takes the end of the client's half for the end of both, so that an answer under way may be lost; the connection must end all the same.
    [Fact]
    public async Task A_client_that_half_closes_is_a_client_that_left()
    {
        await using var app = await StartAsync();
        await using var client = await app.ConnectAsync("/echo");
        await client.SendAsync("last words");
        Assert.Equal("last words", await client.ReceiveTextAsync());
        client.HalfClose();

        await client.ReceiveEndAsync();
    }

    [Fact]
    public async Task A_close_frame_without_a_code_is_answered_without_one()
    {
        await using var app = await StartAsync();
        await using var client = await app.ConnectAsync("/patient");
        await client.SendFrameAsync(RawOpcode.Close, ReadOnlyMemory<byte>.Empty);

        Assert.Empty((await client.ReceiveAsync(RawOpcode.Close)).Payload);
        await client.ReceiveEndAsync();
        Assert.Equal("closed 1005 by Remote", await _diary.NextAsync());
    }

    [Fact]
    public async Task A_close_frame_within_a_fragmented_message_is_answered()
    {
        await using var app = await StartAsync();
        await using var client = await app.ConnectAsync("/echo");
        await client.SendFrameAsync(RawOpcode.Text, "never "u8.ToArray(), fin: false);

        Assert.Equal(1000, await client.CloseAsync());
    }

    [Fact]
    public async Task Nothing_is_answered_after_a_close_frame()
    {
        await using var app = await StartAsync();
        await using var client = await app.ConnectAsync("/echo");
        await client.SendRawAsync((byte[])[.. RawFrame.Write(RawOpcode.Close, RawFrame.ClosePayload(1000)), .. RawFrame.Write("too late"), .. RawFrame.Write(RawOpcode.Ping, ""u8)]);

        Assert.Equal(1000, (await client.ReceiveAsync(RawOpcode.Close)).CloseCode);
        await Assert.ThrowsAnyAsync<IOException>(client.ReceiveFrameAsync);
    }

    [Fact]
    public async Task Close_is_sent_behind_what_was_sent_before()
    {
        await using var app = await StartAsync();
        await using var client = await app.ConnectAsync("/patient");
        await client.SendAsync("bye");

        Assert.Equal("one", await client.ReceiveTextAsync());
        Assert.Equal("two", await client.ReceiveTextAsync());
        Assert.Equal(4001, await client.ReceiveCloseAsync());
        Assert.Equal("closed 4001 by Local", await _diary.NextAsync());
    }

    [Fact]
    public async Task A_client_that_does_not_answer_a_close_is_cut_after_CloseTimeout()
    {
        await using var app = await StartAsync(options: options => options.CloseTimeout = TimeSpan.FromMilliseconds(100));
        await using var client = await app.ConnectAsync("/patient");
        (await app.SinglePeerAsync()).Close();

        Assert.Equal(1000, (await client.ReceiveAsync(RawOpcode.Close)).CloseCode);
        await Assert.ThrowsAnyAsync<IOException>(client.ReceiveFrameAsync);
        Assert.Equal("closed 1000 by Local, not clean", await _diary.NextAsync());
    }

    [Fact]
    public async Task Terminate_resets_the_connection()
    {
        await using var app = await StartAsync();
        await using var client = await app.ConnectAsync("/patient");
        (await app.SinglePeerAsync()).Terminate();

        await Assert.ThrowsAnyAsync<IOException>(client.ReceiveFrameAsync);
        Assert.Equal("closed 1006 by Local, not clean", await _diary.NextAsync());
    }

    [Fact]
    public async Task A_silent_client_is_pinged_and_then_counts_as_lost()
    {
        await using var app = await StartAsync(options: options => options.KeepAliveInterval = options.KeepAliveTimeout = TimeSpan.FromMilliseconds(100));
        await using var client = await app.ConnectAsync("/patient");

        Assert.Empty((await client.ReceiveAsync(RawOpcode.Ping)).Payload);
        Assert.Equal("closed 1006 by Local, not clean", await _diary.NextAsync());
        Assert.Contains("sent nothing for KeepAliveTimeout", (await app.Logs.FindAsync(18)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_slow_reader_is_closed_with_1013_and_delays_nobody()
    {
        await using var app = await StartAsync(options: options => options.MaxBufferedBytes = 64 * 1024);
        await using var slow = await app.ConnectAsync("/echo");
        var peer = await app.SinglePeerAsync();
        await using var other = await app.ConnectAsync("/echo");
        var data = new byte[16 * 1024];
        peer.Subscribe("flood");
        while (peer.ReadyState == ReadyState.Open)
        {
            Assert.InRange(peer.BufferedBytes, 0, 64 * 1024);
            app.Host.PublishBinary("flood", data);
        }

        Assert.Contains("MaxBufferedBytes (65,536 bytes) that others publish would wait, so it is closed (1013). Raise PeerOptions.MaxBufferedBytes", (await app.Logs.FindAsync(13)).Text, StringComparison.Ordinal);
        await other.SendAsync("quick");
        Assert.Equal("quick", await other.ReceiveTextAsync());
        RawFrame frame;
        do frame = await slow.ReceiveFrameAsync(); while (frame.Opcode == RawOpcode.Binary);
        Assert.Equal((RawOpcode.Close, 1013), (frame.Opcode, frame.CloseCode));
    }

    [Fact]
    public async Task What_waits_for_a_pending_hook_is_bounded_by_not_reading_on()
    {
        var gate = new Gate();
        await using var app = await TestApp.StartAsync(
            app => app.MapPeer<Slow>(),
            options => options.MaxPendingBytes = 4096,
            builder => builder.Services.AddSingleton(gate).AddSingleton(_diary));
        await using var client = await app.ConnectAsync("/slow?now");
        var text = new string('x', 1000);
        for (var i = 0; i < 300; i++) await client.SendAsync(text);
        gate.Open();

        for (var i = 0; i < 300; i++) Assert.Equal(text, await client.ReceiveTextAsync());
    }

    private Task<TestApp> StartAsync(bool tls = false, Action<PeerOptions>? options = null) => TestApp.StartAsync(
        app =>
        {
            app.MapPeer<EchoHandler>();
            app.MapPeer<Patient>();
        },
        all =>
        {
            all.MaxMessageSize = 1 << 20;
            all.MaxBufferedBytes = 2 << 20;
            options?.Invoke(all);
        },
        builder => builder.Services.AddSingleton(_diary),
        tls: tls);
}

/// <summary>Waits until its peer has left.</summary>
[PeerHandler("/patient")]
public sealed partial class Patient(Diary diary)
{
    [OnMessage]
    private async Task Heard(Peer peer, string text)
    {
        if (text == "bye")
        {
            peer.Send("one");
            peer.SendUtf8("two"u8);
            peer.Close((CloseCode)4001, "enough");
            return;
        }

        var left = Patience.Signal();
        using var registration = peer.Closed.Register(left.SetResult);
        diary.Write("waiting");
        await left.Task;
        diary.Write("cancelled");
    }

    [OnClose]
    private void Closed(CloseEvent close) => diary.Write($"closed {(int)close.Code} by {close.Initiator}{(close.WasClean ? "" : ", not clean")}");
}
