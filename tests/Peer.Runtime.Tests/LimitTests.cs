using System.IO.Pipelines;
using Microsoft.Extensions.Time.Testing;
using Peers.TestKit;
using Peers.Tests.Kit;
using Peers.WebSockets;

namespace Peers.Tests;

/// <summary>Each limit at its edge, just under and just over it, and what is logged and counted then. The clock is the test's.</summary>
public sealed class LimitTests : IDisposable
{
    // The pipe takes one frame of 100 bytes and then stops, so that the rest waits in the output.
    private static readonly PipeOptions s_narrow = new(pauseWriterThreshold: 100, resumeWriterThreshold: 50);

    private readonly FakeTimeProvider _time = new();
    private readonly LogLines _log = new();
    private readonly TestMeters _meters = new();
    private readonly MeterReader _reader;
    private readonly PeerHost _host;
    private readonly TaskCompletionSource<CloseEvent> _closed = Patience.Signal<CloseEvent>();
    private readonly TaskCompletionSource _mayEnd = Patience.Signal();

    public LimitTests()
    {
        _reader = new(_meters);
        _host = new(_time, _log, _meters);
    }

    public void Dispose()
    {
        _host.Dispose();
        _reader.Dispose();
        _meters.Dispose();
    }

    [Theory]
    [Trait("option", "MaxMessageSize")]
    [InlineData(4, false), InlineData(5, false), InlineData(6, true)]
    public async Task MaxMessageSize_is_the_longest_message_taken(int length, bool isTooLong)
    {
        await using var client = await ConnectAsync(new() { MaxMessageSize = 5 });
        await client.SendAsync(new string('a', length));

        await AssertAsync(client, isTooLong ? CloseCode.MessageTooBig : null, "MaxMessageSize", 10,
            @"^Message of 6 bytes from Peer .* on Scripted exceeds MaxMessageSize \(5 bytes\)\. Raise PeerOptions\.MaxMessageSize or split the message\.");
    }

    [Theory]
    [Trait("option", "MaxFragments")]
    [InlineData(2, false), InlineData(3, false), InlineData(4, true)]
    public async Task MaxFragments_is_the_most_that_a_message_may_come_in(int count, bool isTooMany)
    {
        await using var client = await ConnectAsync(new() { MaxFragments = 3 });
        for (var i = 0; i < count; i++) await client.SendAsync(i == 0 ? Opcode.Text : Opcode.Continuation, "a"u8.ToArray(), fin: i == count - 1);

        await AssertAsync(client, isTooMany ? CloseCode.MessageTooBig : null, "MaxFragments", 11,
            @"^A message from Peer .* on Scripted came in more than MaxFragments \(3\) fragments\. Raise PeerOptions\.MaxFragments or send larger fragments\.");
    }

    [Theory]
    [Trait("option", "MaxBufferedBytes")]
    [InlineData(9, false), InlineData(10, false), InlineData(11, true)]
    public async Task MaxBufferedBytes_is_the_most_that_may_wait_for_a_peer(int count, bool isTooMuch)
    {
        await using var client = await ConnectAsync(Unpressed(1000), s_narrow);
        var statuses = Enumerable.Range(0, count).Select(_ => client.Peer.SendBinary(new byte[98])).ToArray();

        Assert.Equal(isTooMuch ? SendStatus.Dropped : SendStatus.Queued, statuses[^1]);
        for (var i = 0; i < Math.Min(count, 10); i++) await client.ReceiveAsync();
        if (!isTooMuch)
        {
            await AssertAsync(client, code: null, "", 0, "");
            return;
        }

        Assert.Matches(@"^Message of 98 bytes to Peer .* on Scripted was dropped: more than MaxBufferedBytes \(1,000 bytes\) would wait\. Raise PeerOptions\.MaxBufferedBytes, or send less while Send returns Backpressured\.", _log.Single(32));
        AssertExceeded("MaxBufferedBytes");
    }

    [Theory]
    [Trait("option", "SlowPeerPolicy")]
    [InlineData(9, false), InlineData(10, false), InlineData(11, true)]
    public async Task Policy_close_closes_a_peer_to_which_more_than_MaxBufferedBytes_is_published(int count, bool isTooMuch)
    {
        await using var client = await ConnectAsync(Unpressed(1000), s_narrow);
        client.Peer.Subscribe("room");
        for (var i = 0; i < count; i++) _host.PublishBinary("room", new byte[98]);

        for (var i = 0; i < Math.Min(count, 10); i++) await client.ReceiveAsync();
        await AssertAsync(client, isTooMuch ? CloseCode.TryAgainLater : null, "MaxBufferedBytes", 13,
            @"^Peer .* on Scripted reads too slowly: more than MaxBufferedBytes \(1,000 bytes\) that others publish would wait, so it is closed \(1013\)\. Raise PeerOptions\.MaxBufferedBytes, send less, or choose another SlowPeerPolicy\.");
    }

    [Theory]
    [Trait("option", "MaxHookBytes")]
    [InlineData(29, false), InlineData(30, false), InlineData(31, true)]
    public async Task MaxHookBytes_is_the_most_that_one_hook_may_send_to_its_peer_at_once(int count, bool isTooMuch)
    {
        var statuses = new List<SendStatus>();
        var handler = new ScriptedHandler
        {
            Text = (peer, _) =>
            {
                for (var i = 0; i < count; i++) statuses.Add(peer.SendBinary(new byte[98]));
                return default;
            },
        };
        PeerOptions options = new() { MaxBufferedBytes = 1000, DrainThreshold = 999, MaxHookBytes = 3000 };
        await using var client = await MemoryClient.ConnectAsync(_host, handler, options, pipes: s_narrow);
        await client.SendAsync("go");
        for (var i = 0; i < Math.Min(count, 30); i++) await client.ReceiveAsync();

        Assert.Equal(count, statuses.Count);
        Assert.Equal(isTooMuch ? SendStatus.Dropped : SendStatus.Backpressured, statuses[^1]);
        Assert.Equal(ReadyState.Open, client.Peer.ReadyState);
        if (!isTooMuch) return;
        Assert.Matches(@"^Message of 98 bytes to Peer .* on Scripted was dropped: more than MaxHookBytes \(3,000 bytes\) that its own hooks sent would wait\. Raise PeerOptions\.MaxHookBytes, or await WaitForDrainAsync between messages\.", _log.Single(31));
        Assert.Contains("peer.exceeded_limits{peer.handler=Scripted,peer.limit=MaxHookBytes} 1", Exceeded());
    }

    [Theory]
    [Trait("option", "SlowPeerTimeout")]
    [InlineData(2.8, false), InlineData(3.6, true)]
    public async Task SlowPeerTimeout_is_how_long_bytes_may_wait_for_a_client_that_reads_nothing(double seconds, bool isTooLong)
    {
        await using var client = await ConnectAsync(new() { SlowPeerTimeout = TimeSpan.FromSeconds(3), KeepAliveInterval = Timeout.InfiniteTimeSpan }, s_narrow);
        for (var i = 0; i < 3; i++) client.Peer.SendBinary(new byte[98]);
        Pass(seconds);

        for (var i = 0; i < 3; i++) await client.ReceiveAsync();
        await AssertAsync(client, isTooLong ? CloseCode.TryAgainLater : null, "SlowPeerTimeout", 30,
            @"^Peer .* on Scripted has read nothing for SlowPeerTimeout \(00:00:03\) while 300 bytes wait, so it is closed \(1013\)\.");
    }

    [Theory]
    [Trait("option", "MaxBufferedBytes")]
    [InlineData(999, false), InlineData(1000, false), InlineData(1001, true)]
    public async Task A_message_longer_than_MaxBufferedBytes_is_not_sent_and_named(int length, bool isTooLong)
    {
        await using var client = await ConnectAsync(Unpressed(1000));

        // A header of four bytes.
        Assert.Equal(isTooLong ? SendStatus.Dropped : SendStatus.Queued, client.Peer.SendBinary(new byte[length - 4]));
        if (!isTooLong) return;
        Assert.Matches(@"^Message of 997 bytes to Peer .* on Scripted exceeds MaxBufferedBytes \(1,000 bytes\) by itself and was not sent\. Raise PeerOptions\.MaxBufferedBytes or split the message\.", _log.Single(21));
        AssertExceeded("MaxBufferedBytes");
    }

    [Theory]
    [Trait("option", "DrainThreshold")]
    [InlineData(2, SendStatus.Queued), InlineData(3, SendStatus.Queued), InlineData(4, SendStatus.Backpressured)]
    public async Task DrainThreshold_is_the_most_that_waits_without_backpressure(int count, SendStatus expected)
    {
        await using var client = await ConnectAsync(new() { DrainThreshold = 300 }, s_narrow);
        var status = SendStatus.Queued;
        for (var i = 0; i < count; i++) status = client.Peer.SendBinary(new byte[98]);

        Assert.Equal(expected, status);
        if (expected == SendStatus.Backpressured) AssertExceeded("DrainThreshold");
        else AssertNothingExceeded();
    }

    [Theory]
    [Trait("option", "MaxPendingBytes")]
    [InlineData(9, false), InlineData(10, false), InlineData(11, true)]
    public async Task MaxPendingBytes_is_the_most_that_waits_for_a_hook_before_reading_stops(int count, bool stops)
    {
        // Each costs its length and 64 bytes.
        var waiting = Enumerable.Range(0, count).SelectMany(_ => MemoryClient.Encode(new string('a', 36)));
        await using var client = await ConnectAsync(new() { MaxPendingBytes = 1000, KeepAliveInterval = Timeout.InfiniteTimeSpan }, waits: true);
        await client.SendRawAsync([.. MemoryClient.Encode("pending"), .. waiting]);
        if (stops)
        {
            await client.PausedAsync();
            Assert.Matches(@"^Reading from Peer .* on Scripted stands still: more than MaxPendingBytes \(1,000 bytes\) wait for a hook that is pending\.", _log.Single(27));
            AssertExceeded("MaxPendingBytes");
        }
        else
        {
            await client.SendAsync(Opcode.Ping, []);
            Assert.Equal(FrameEvent.Pong, (await client.ReceiveAsync()).Kind);
            AssertNothingExceeded();
        }

        _mayEnd.SetResult();
        for (var i = 0; i <= count; i++) Assert.Equal(FrameEvent.Text, (await client.ReceiveAsync()).Kind);
    }

    [Theory]
    [Trait("option", "CloseTimeout")]
    [InlineData(2.9, false), InlineData(3, true), InlineData(3.1, true)]
    public async Task CloseTimeout_is_how_long_an_answer_is_waited_for(double seconds, bool isCut)
    {
        await using var client = await ConnectAsync(new() { CloseTimeout = TimeSpan.FromSeconds(3) });
        client.Peer.Close();
        Assert.Equal(CloseCode.Normal, await client.ReceiveCloseAsync());
        Pass(seconds);

        if (isCut)
        {
            Assert.False((await _closed.Soon()).WasClean);
            Assert.Matches(@"^Peer .* on Scripted did not answer the close frame within CloseTimeout \(00:00:03\) and was cut off\.$", _log.Single(26));
            AssertExceeded("CloseTimeout");
        }
        else
        {
            await client.CloseAsync();
            Assert.True((await _closed.Soon()).WasClean);
            AssertNothingExceeded();
        }
    }

    [Theory]
    [Trait("option", "KeepAliveInterval")]
    [InlineData(9.9, false), InlineData(10, true), InlineData(10.1, true)]
    public async Task KeepAliveInterval_is_how_long_a_client_may_be_silent_before_it_is_pinged(double seconds, bool isPinged)
    {
        await using var client = await ConnectAsync(new() { KeepAliveInterval = TimeSpan.FromSeconds(10) });
        Pass(seconds);
        client.Peer.Send("mark");

        Assert.Equal(isPinged ? FrameEvent.Ping : FrameEvent.Text, (await client.ReceiveAsync()).Kind);
    }

    [Fact]
    [Trait("option", "KeepAliveInterval")]
    public async Task An_infinite_KeepAliveInterval_pings_nobody()
    {
        await using var client = await ConnectAsync(new() { KeepAliveInterval = Timeout.InfiniteTimeSpan });
        Pass(seconds: 300);
        client.Peer.Send("mark");

        Assert.Equal("mark", await client.ReceiveTextAsync());
    }

    [Theory]
    [Trait("option", "KeepAliveTimeout")]
    [InlineData(14.9, false), InlineData(15, true), InlineData(15.1, true)]
    public async Task KeepAliveTimeout_is_how_long_an_answer_to_that_ping_is_waited_for(double seconds, bool isLost)
    {
        await using var client = await ConnectAsync(new() { KeepAliveInterval = TimeSpan.FromSeconds(10), KeepAliveTimeout = TimeSpan.FromSeconds(5) });
        Pass(seconds);

        Assert.Equal(isLost, client.Peer.ReadyState != ReadyState.Open);
        if (!isLost) return;
        Assert.Equal(CloseCode.Abnormal, (await _closed.Soon()).Code);
        Assert.Matches(@"^Peer .* on Scripted sent nothing for KeepAliveTimeout \(00:00:05\), so its connection was cut \(1006\)\.$", _log.Single(18));
        AssertExceeded("KeepAliveTimeout");
    }

    [Fact]
    [Trait("option", "KeepAliveTimeout")]
    public async Task An_infinite_KeepAliveTimeout_loses_nobody()
    {
        await using var client = await ConnectAsync(new() { KeepAliveInterval = TimeSpan.FromSeconds(1), KeepAliveTimeout = Timeout.InfiniteTimeSpan });
        Pass(seconds: 300);

        Assert.Equal(ReadyState.Open, client.Peer.ReadyState);
    }

    [Theory]
    [Trait("option", "ShutdownTimeout")]
    [InlineData(9.9, false), InlineData(10, true), InlineData(10.1, true)]
    public async Task What_has_not_closed_in_the_time_of_a_shutdown_is_terminated_and_counted(double seconds, bool isTerminated)
    {
        var client = await ConnectAsync(new() { CloseTimeout = Timeout.InfiniteTimeSpan, KeepAliveInterval = Timeout.InfiniteTimeSpan });
        var closing = _host.CloseAllAsync(timeout: TimeSpan.FromSeconds(10));
        Assert.Equal(CloseCode.ServiceRestart, await client.ReceiveCloseAsync());
        Pass(seconds);

        if (!isTerminated) await client.CloseAsync();
        await closing.WaitAsync(Patience.Limit);
        if (isTerminated) AssertExceeded("ShutdownTimeout");
        else AssertNothingExceeded();
        await client.DisposeAsync();
    }

    [Theory]
    [Trait("option", "CloseOnAuthenticationExpiration")]
    [InlineData(59.8, true, false), InlineData(60, true, true), InlineData(60.2, true, true), InlineData(120, false, false)]
    public async Task A_peer_is_closed_with_1008_when_its_authentication_expires_and_that_is_asked_for(double seconds, bool isAskedFor, bool isClosed)
    {
        var options = new PeerOptions { CloseOnAuthenticationExpiration = isAskedFor, KeepAliveInterval = Timeout.InfiniteTimeSpan };
        await using var client = await ConnectAsync(options, expires: _time.GetUtcNow().AddSeconds(60));
        Pass(seconds);

        await AssertAsync(client, isClosed ? CloseCode.PolicyViolation : null, "CloseOnAuthenticationExpiration", 25,
            @"^The authentication of Peer .* on Scripted has expired, so it is closed \(1008\), as PeerOptions\.CloseOnAuthenticationExpiration asks for\.$");
    }

    [Fact]
    [Trait("option", "CloseOnAuthenticationExpiration")]
    public async Task An_authentication_that_does_not_expire_closes_nobody()
    {
        await using var client = await ConnectAsync(new() { CloseOnAuthenticationExpiration = true, KeepAliveInterval = Timeout.InfiniteTimeSpan });
        _time.Advance(TimeSpan.FromHours(1));

        await AssertAsync(client, code: null, "", 0, "");
    }

    [Fact]
    [Trait("option", "CapturedHeaders")]
    public async Task CapturedHeaders_are_kept_and_no_others()
    {
        await using var client = await MemoryClient.ConnectAsync(_host, new ScriptedHandler(), new() { CapturedHeaders = { "X-Kept", "X-Missing" } }, request =>
        {
            request.Headers["X-Kept"] = "a";
            request.Headers["X-Other"] = "b";
        });

        Assert.Equal([new("X-Kept", "a")], client.Peer.Headers);
    }

    // Within the limit the peer answers; beyond it it is closed without being told the limit, and that is logged and counted.
    private async Task AssertAsync(MemoryClient client, CloseCode? code, string option, int eventId, string line)
    {
        if (code is null)
        {
            await client.SendAsync(Opcode.Ping, "well"u8.ToArray());
            Frame frame;
            do frame = await client.ReceiveAsync();
            while (frame.Kind is FrameEvent.Text or FrameEvent.Binary);
            Assert.Equal((FrameEvent.Pong, "well"), (frame.Kind, frame.Text));
            AssertNothingExceeded();
            return;
        }

        var close = await client.ReceiveAsync();
        Assert.True(ClosePayload.TryParse(close.Payload, out var closed, out var reason, out _));
        Assert.Equal(code, closed);
        Assert.DoesNotMatch(@"\d", reason);

        // What is refused while a channel's lock is held is counted and logged on another thread.
        Assert.Matches(line, await _log.SingleAsync(eventId));
        AssertExceeded(option);
    }

    private void AssertExceeded(string option) => Assert.Equal([$"peer.exceeded_limits{{peer.handler=Scripted,peer.limit={option}}} 1"], Exceeded());

    private void AssertNothingExceeded() => Assert.Empty(Exceeded());

    private IEnumerable<string> Exceeded() => _reader.Lines().Where(line => line.StartsWith("peer.exceeded_limits", StringComparison.Ordinal));

    // In steps, as time passes: between two of them the heartbeat sees what came.
    private void Pass(double seconds)
    {
        for (var passed = 0; passed < (int)Math.Round(seconds * 10); passed++) _time.Advance(TimeSpan.FromMilliseconds(100));
    }

    // Backpressure comes before the limit, and would be counted beside it.
    private static PeerOptions Unpressed(int maxBufferedBytes) => new() { MaxBufferedBytes = maxBufferedBytes, DrainThreshold = int.MaxValue };

    private Task<MemoryClient> ConnectAsync(PeerOptions options, PipeOptions? pipes = null, bool waits = false, DateTimeOffset? expires = null) => MemoryClient.ConnectAsync(_host, new ScriptedHandler
    {
        Text = async (peer, text) =>
        {
            if (waits) await _mayEnd.Task;
            peer.Send(text);
        },
        Close = (_, close) => { _closed.TrySetResult(close); return default; },
    }, options, request => request.AuthenticationExpires = expires, pipes);
}
