using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests.Limits;

/// <summary>Clients that read nothing for a while, such as a browser's tab that the system has suspended, and clients that never read. The clock is the test's.</summary>
public sealed class UnreadOutputTests
{
    // 11 MB.
    private const int Fillers = 700;
    private const int ReceiveBuffer = 8 * 1024;

    private readonly FakeTimeProvider _time = new();
    private readonly Diary _diary = new();

    [Fact]
    [Trait("option", "KeepAliveTimeout")]
    public async Task A_suspended_tab_to_which_nothing_is_sent_stays_and_answers_the_ping_when_it_is_resumed()
    {
        await using var app = await StartAsync(static _ => { });
        await using var client = await ConnectAsync(app);
        for (var i = 0; i < 3; i++)
        {
            // It is pinged after 30 seconds, and would be lost 30 seconds later.
            Pass(seconds: 31);
            await DrainedAsync(app);
            Pass(seconds: 24);
            Assert.Empty((await client.ReceiveAsync(RawOpcode.Ping)).Payload);
            await client.SendFrameAsync(RawOpcode.Pong, ReadOnlyMemory<byte>.Empty);
            await AssertRepliesAsync(client);
            await DrainedAsync(app);
        }
    }

    [Fact]
    [Trait("option", "SlowPeerTimeout")]
    public async Task A_suspended_tab_that_its_system_buffers_everything_for_stays_and_receives_it_when_it_is_resumed()
    {
        await using var app = await StartAsync(static _ => { });
        await using var client = await app.ConnectAsync("/tab");
        Assert.Equal("subscribed", await _diary.NextAsync());
        app.Host.Publish("tabs", Tab.Message(0));
        await DrainedAsync(app);
        Pass(seconds: 31);
        await DrainedAsync(app);
        Pass(seconds: 14);

        Assert.Equal(Tab.Message(0), await client.ReceiveTextAsync());
        await client.ReceiveAsync(RawOpcode.Ping);
        await AssertRepliesAsync(client);
        Assert.DoesNotContain(app.Logs.Lines, static line => line.EventId == 30);
    }

    [Fact]
    [Trait("option", "SlowPeerTimeout")]
    public async Task A_suspended_tab_stays_within_SlowPeerTimeout_and_receives_what_was_buffered_when_it_is_resumed()
    {
        await using var app = await StartAsync(static options => options.SlowPeerTimeout = TimeSpan.FromMinutes(1));
        await using var client = await ConnectAsync(app);
        await FillAsync(client);
        Pass(seconds: 45);
        await client.SendAsync("mark");
        var (next, pings) = (0, 0);
        for (var frame = await client.ReceiveFrameAsync(); frame.Text != "mark"; frame = await client.ReceiveFrameAsync())
        {
            if (frame.Opcode == RawOpcode.Ping) pings++;
            else Assert.Equal(Tab.Message(next++), frame.Text);
        }

        Assert.Equal(Fillers, next);
        Assert.InRange(pings, 0, 1);
        await AssertRepliesAsync(client);
    }

    [Fact]
    [Trait("option", "SlowPeerTimeout")]
    public async Task A_suspended_tab_that_is_resumed_after_SlowPeerTimeout_receives_what_was_buffered_and_then_1013()
    {
        await using var app = await StartAsync(static _ => { });
        await using var client = await ConnectAsync(app);
        await FillAsync(client);
        PassUntil(() => app.Logs.Lines.Any(static line => line.EventId == 30));

        for (var i = 0; i < Fillers; i++) Assert.Equal(Tab.Message(i), await client.ReceiveTextAsync());
        Assert.Equal(1013, await client.ReceiveCloseAsync());
        Assert.Equal("closed 1013 by Local", await _diary.NextAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("option", "SlowPeerTimeout")]
    public async Task A_client_that_writes_and_never_reads_is_closed_after_SlowPeerTimeout_and_the_cause_is_logged_and_counted(bool tls)
    {
        await using var app = await StartAsync(static _ => { }, tls);
        using var reader = new MeterReader(app.Services.GetRequiredService<IMeterFactory>());
        await using var client = await RawClient.ConnectNarrowAsync(app.Port, "/tab", tls, ReceiveBuffer);
        Assert.Equal("subscribed", await _diary.NextAsync());
        var writing = WriteUntilCutAsync(client);
        await app.Logs.FindAsync(27);
        PassUntil(() => app.Logs.Lines.Any(static line => line.EventId == 30));
        Assert.False(writing.IsCompleted);

        Assert.Contains("has read nothing for SlowPeerTimeout (00:00:10) while", (await app.Logs.FindAsync(30)).Text, StringComparison.Ordinal);
        await reader.UntilAsync("peer.exceeded_limits{peer.handler=Tab,peer.limit=SlowPeerTimeout} 1");

        // The close frame cannot reach the client: the connection is reset, and writing fails.
        PassUntil(() => writing.IsCompleted);
        await writing;
        Assert.Equal("closed 1013 by Local, not clean", await _diary.NextAsync());
        await reader.UntilAsync("peer.closed_connections{peer.handler=Tab,peer.close.code=1013,peer.close.initiator=local} 1");
    }

    private static async Task WriteUntilCutAsync(RawClient client)
    {
        var message = RawFrame.Write(Tab.Message(0));
        try
        {
            while (true) await client.SendRawAsync(message);
        }
        catch (IOException)
        {
            // The server has reset the connection.
        }
    }

    // The client asks for more than the systems on both sides buffer, and reads none of it.
    private async Task FillAsync(RawClient client)
    {
        await client.SendAsync($"fill {Fillers}");
        Assert.Equal("filled", await _diary.NextAsync());
    }

    // The systems have taken everything: on the test's clock, a write that takes a moment would take seconds.
    private static async Task DrainedAsync(TestApp app) => Assert.True(await app.Host.Peers.Single().WaitForDrainAsync(0).AsTask().Soon());

    private static async Task AssertRepliesAsync(RawClient client)
    {
        await client.SendAsync("well?");
        Assert.Equal("well?", await client.ReceiveTextAsync());
    }

    // In steps, as time passes: between two of them the heartbeat sees what was read.
    private void Pass(double seconds)
    {
        for (var passed = 0; passed < (int)Math.Round(seconds * 10); passed++) _time.Advance(TimeSpan.FromMilliseconds(100));
    }

    // The clock begins once the systems on both sides have buffered all that they can, which takes a moment of real time.
    private void PassUntil(Func<bool> isTrue)
    {
        for (var started = Stopwatch.GetTimestamp(); !isTrue() && Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(10);) Pass(seconds: 0.1);
        Assert.True(isTrue());
    }

    private async Task<RawClient> ConnectAsync(TestApp app)
    {
        var client = await RawClient.ConnectNarrowAsync(app.Port, "/tab", tls: false, ReceiveBuffer);
        Assert.Equal("subscribed", await _diary.NextAsync());
        return client;
    }

    private Task<TestApp> StartAsync(Action<PeerOptions> options, bool tls = false) => TestApp.StartAsync(
        app => app.MapPeer<Tab>(),
        options,
        builder => builder.Services.AddSingleton(_diary).AddSingleton<TimeProvider>(_time),
        tls: tls);
}

/// <summary>Subscribes, and replies with what it receives, or with as many messages as it is told to send.</summary>
[PeerHandler("/tab")]
public sealed partial class Tab(Diary diary)
{
    public static string Message(int number) => $"{number} ".PadRight(16 * 1024, '.');

    [OnOpen]
    private void Opened(Peer peer)
    {
        peer.Subscribe("tabs");
        diary.Write("subscribed");
    }

    [OnMessage]
    private void Heard(Peer peer, string text)
    {
        if (!text.StartsWith("fill ", StringComparison.Ordinal))
        {
            peer.Send(text);
            return;
        }

        var count = int.Parse(text.AsSpan(5));
        for (var i = 0; i < count; i++) peer.Send(Message(i));
        diary.Write("filled");
    }

    [OnClose]
    private void Closed(CloseEvent close) => diary.Write($"closed {(int)close.Code} by {close.Initiator}{(close.WasClean ? "" : ", not clean")}");
}
