using System.Collections.Concurrent;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Time.Testing;
using Peers.Tests.Kit;
using Peers.WebSockets;

namespace Peers.Tests;

/// <summary>What counts as a message, and what becomes of a peer that sends too many. The clock is the test's.</summary>
public sealed class MessageRateTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly LogLines _log = new();
    private readonly PeerHost _host;
    private readonly ConcurrentQueue<string> _seen = new();
    private readonly TaskCompletionSource<CloseEvent> _closed = Patience.Signal<CloseEvent>();
    private readonly TaskCompletionSource _mayEnd = Patience.Signal();

    public MessageRateTests() => _host = new(_time, _log);

    public void Dispose() => _host.Dispose();

    [Theory]
    [Trait("option", "MessageRate.Limit")]
    [InlineData(2), InlineData(3)]
    public async Task As_many_messages_as_the_limit_are_taken(int count)
    {
        await using var client = await ConnectAsync(new() { MessageRate = { Limit = 3 } });
        await client.SendRawAsync(Messages(count));

        for (var i = 0; i < count; i++) Assert.Equal($"{i}", await client.ReceiveTextAsync());
        Assert.Equal(ReadyState.Open, client.Peer.ReadyState);
    }

    [Fact]
    [Trait("option", "MessageRate.Limit")]
    public async Task One_message_more_than_the_limit_closes_with_1013_behind_the_replies_and_reaches_no_hook()
    {
        await using var client = await ConnectAsync(new() { MessageRate = { Limit = 3 } });
        await client.SendRawAsync(Messages(5));

        for (var i = 0; i < 3; i++) Assert.Equal($"{i}", await client.ReceiveTextAsync());
        Assert.Equal(CloseCode.TryAgainLater, await client.ReceiveCloseAsync());
        await client.CloseAsync();
        Assert.Equal(new CloseEvent(CloseCode.TryAgainLater, "too many messages", WasClean: true, CloseInitiator.Local), await _closed.Soon());
        Assert.Equal(["0", "1", "2"], _seen);
    }

    [Fact]
    public async Task The_log_names_limit_and_knob_and_the_client_hears_of_neither()
    {
        await using var client = await ConnectAsync(new() { MessageRate = { Limit = 1, Period = TimeSpan.FromMinutes(1), Burst = 2 } });
        await client.SendRawAsync(Messages(3));
        await client.ReceiveTextAsync();
        await client.ReceiveTextAsync();
        var close = await client.ReceiveAsync();

        Assert.Equal("too many messages", close.Text[2..]);
        Assert.Matches(
            @"^Peer \S+ \(127\.0\.0\.1:4321, Open\) on Scripted sends faster than MessageRate allows \(1 messages in 00:01:00, 2 at once\), so it is closed \(1013\)\. Raise PeerOptions\.MessageRate\.Limit or MessageRate\.Burst, or let clients send less\.$",
            _log.Single(22));
    }

    [Theory]
    [Trait("option", "MessageRate.Period")]
    [InlineData(1.9, false), InlineData(2, true), InlineData(2.1, true)]
    public async Task After_the_period_the_limit_is_there_again(double seconds, bool isTaken)
    {
        await using var client = await ConnectAsync(new() { MessageRate = { Limit = 1, Period = TimeSpan.FromSeconds(2) } });
        await client.SendAsync("0");
        await client.ReceiveTextAsync();
        _time.Advance(TimeSpan.FromSeconds(seconds));
        await client.SendAsync("1");

        Assert.Equal(isTaken ? FrameEvent.Text : FrameEvent.Close, (await client.ReceiveAsync()).Kind);
    }

    [Theory]
    [Trait("option", "MessageRate.Burst")]
    [InlineData(4, false), InlineData(5, false), InlineData(6, true)]
    public async Task As_many_as_the_burst_may_come_at_once(int count, bool isClosed)
    {
        await using var client = await ConnectAsync(new() { MessageRate = { Limit = 1, Burst = 5 } });
        await client.SendRawAsync(Messages(count));

        for (var i = 0; i < Math.Min(count, 5); i++) await client.ReceiveTextAsync();
        if (isClosed) Assert.Equal(CloseCode.TryAgainLater, await client.ReceiveCloseAsync());
        else Assert.Equal(ReadyState.Open, client.Peer.ReadyState);
    }

    [Fact]
    public async Task A_message_counts_once_however_many_fragments_it_has()
    {
        await using var client = await ConnectAsync(new() { MessageRate = { Limit = 1 } });
        await client.SendAsync(Opcode.Text, "a"u8.ToArray(), fin: false);
        for (var i = 0; i < 20; i++) await client.SendAsync(Opcode.Continuation, [], fin: false);
        await client.SendAsync(Opcode.Continuation, "b"u8.ToArray());

        Assert.Equal("ab", await client.ReceiveTextAsync());
        await client.SendAsync("one more");
        Assert.Equal(CloseCode.TryAgainLater, await client.ReceiveCloseAsync());
    }

    [Fact]
    public async Task Pings_count_because_each_is_answered()
    {
        await using var client = await ConnectAsync(new() { MessageRate = { Limit = 2 } });
        for (var i = 0; i < 3; i++) await client.SendAsync(Opcode.Ping, []);

        Assert.Equal(FrameEvent.Pong, (await client.ReceiveAsync()).Kind);
        Assert.Equal(FrameEvent.Pong, (await client.ReceiveAsync()).Kind);
        Assert.Equal(CloseCode.TryAgainLater, await client.ReceiveCloseAsync());
    }

    [Fact]
    public async Task Pongs_that_were_asked_for_are_free_and_others_count()
    {
        await using var client = await ConnectAsync(new() { MessageRate = { Limit = 1 } });
        for (var i = 0; i < 10; i++)
        {
            client.Peer.Ping();
            Assert.Equal(FrameEvent.Ping, (await client.ReceiveAsync()).Kind);
            await client.SendAsync(Opcode.Pong, []);
        }

        await client.SendAsync("0");
        Assert.Equal("0", await client.ReceiveTextAsync());
        await client.SendAsync(Opcode.Pong, []);
        Assert.Equal(CloseCode.TryAgainLater, await client.ReceiveCloseAsync());
    }

    // Closing from this end used to drop what waited, whoever's fault it was.
    [Fact]
    public async Task What_was_taken_before_and_waits_for_a_pending_hook_still_reaches_its_own()
    {
        var client = await ConnectAsync(new() { MessageRate = { Limit = 3 } }, waits: true);
        await client.SendRawAsync(Messages(4));
        Assert.Equal(CloseCode.TryAgainLater, await client.ReceiveCloseAsync());
        _mayEnd.SetResult();
        await client.DisposeAsync();

        Assert.Equal(["0", "1", "2"], _seen);
    }

    [Fact]
    public async Task What_piled_up_while_reading_stood_still_is_no_burst()
    {
        await using var client = await ConnectAsync(new() { MessageRate = { Limit = 10 }, MaxPendingBytes = 1, KeepAliveInterval = Timeout.InfiniteTimeSpan }, waits: true);
        await client.SendAsync("0");
        await client.SendAsync("1");
        await client.PausedAsync();
        for (var i = 2; i < 50; i++) await client.SendAsync($"{i}");
        _time.Advance(TimeSpan.FromSeconds(5));
        _mayEnd.SetResult();

        for (var i = 0; i < 50; i++) Assert.Equal($"{i}", await client.ReceiveTextAsync());
    }

    [Fact]
    public async Task A_limiter_of_ones_own_is_asked_for_each_message_and_may_be_shared()
    {
        await using var limiter = PartitionedRateLimiter.Create<Peer, string>(peer => RateLimitPartition.GetTokenBucketLimiter(
            peer.User!.Identity!.Name!, _ => new() { TokenLimit = 2, TokensPerPeriod = 1, ReplenishmentPeriod = TimeSpan.FromDays(1), AutoReplenishment = false }));
        var options = new PeerOptions();
        options.MessageRate.UseLimiter(limiter);
        await using var one = await ConnectAsync(options);
        await using var other = await ConnectAsync(options);
        await one.SendAsync("0");
        Assert.Equal("0", await one.ReceiveTextAsync());
        await other.SendAsync("1");
        Assert.Equal("1", await other.ReceiveTextAsync());

        await one.SendAsync("2");
        Assert.Equal(CloseCode.TryAgainLater, await one.ReceiveCloseAsync());
        Assert.Contains("The limiter given to PeerOptions.MessageRate.UseLimiter has no permit for a message from Peer", _log.Single(23), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_limiter_that_throws_closes_with_1011_and_is_logged()
    {
        await using var limiter = PartitionedRateLimiter.Create<Peer, string>(_ => throw new InvalidOperationException("broken"));
        var options = new PeerOptions();
        options.MessageRate.UseLimiter(limiter);
        await using var client = await ConnectAsync(options);
        await client.SendAsync("0");

        Assert.Equal(CloseCode.InternalError, await client.ReceiveCloseAsync());
        Assert.StartsWith("The limiter given to PeerOptions.MessageRate.UseLimiter failed for Peer", _log.Single(24), StringComparison.Ordinal);
    }

    private static byte[] Messages(int count) => [.. Enumerable.Range(0, count).SelectMany(i => MemoryClient.Encode($"{i}"))];

    private Task<MemoryClient> ConnectAsync(PeerOptions options, bool waits = false) => MemoryClient.ConnectAsync(_host, new ScriptedHandler
    {
        Text = async (peer, text) =>
        {
            if (waits) await _mayEnd.Task;
            _seen.Enqueue(text);
            peer.Send(text);
        },
        Close = (_, close) => { _closed.TrySetResult(close); return default; },
    }, options);
}
