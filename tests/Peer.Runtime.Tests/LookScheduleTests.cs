using System.IO.Pipelines;
using Microsoft.Extensions.Time.Testing;
using Peers.Tests.Kit;
using Peers.WebSockets;

namespace Peers.Tests;

/// <summary>When the heartbeat looks at a peer: when something is due for it, and not at every beat.</summary>
public sealed class LookScheduleTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly LogLines _log = new();
    private readonly PeerHost _host;

    public LookScheduleTests() => _host = new(_time, _log);

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task At_an_idle_peer_it_looks_twice_an_interval_at_most()
    {
        var peer = await ConnectAsync(new() { KeepAliveInterval = TimeSpan.FromSeconds(30) });
        for (var interval = 0; interval < 10; interval++)
        {
            Pass(seconds: 31);
            peer.Connection.Receive(MemoryClient.Encode(Opcode.Pong, []));
        }

        Assert.Equal(10, peer.Pings);
        Assert.InRange(peer.Looks, 10, 21);
    }

    [Fact]
    public async Task One_that_says_something_now_and_then_is_not_pinged()
    {
        var peer = await ConnectAsync(new() { KeepAliveInterval = TimeSpan.FromSeconds(30) });
        for (var i = 0; i < 20; i++)
        {
            Pass(seconds: 29);
            peer.Connection.Receive(MemoryClient.Encode(Opcode.Ping, []));
        }

        Assert.Equal(0, peer.Pings);
        Assert.InRange(peer.Looks, 10, 45);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(102)]
    [InlineData(103)]
    [InlineData(500)]
    public async Task A_ping_comes_at_the_first_beat_after_the_interval_however_long(int seconds)
    {
        var peer = await ConnectAsync(new() { KeepAliveInterval = TimeSpan.FromSeconds(seconds) });
        Pass(seconds - 0.1);
        Assert.Equal(0, peer.Pings);

        Pass(0.4);
        Assert.Equal(1, peer.Pings);
    }

    [Fact]
    public async Task An_answer_begins_the_interval_anew_although_it_would_have_had_more_time()
    {
        var peer = await ConnectAsync(new() { KeepAliveInterval = TimeSpan.FromSeconds(10), KeepAliveTimeout = TimeSpan.FromSeconds(100) });
        for (var pings = 1; pings <= 5; pings++)
        {
            Pass(seconds: 10.4);
            Assert.Equal(pings, peer.Pings);
            peer.Connection.Receive(MemoryClient.Encode(Opcode.Pong, []));
        }
    }

    [Fact]
    public async Task What_comes_up_between_two_looks_is_seen_in_time()
    {
        var peer = await ConnectAsync(new() { KeepAliveInterval = TimeSpan.FromMinutes(10), CloseTimeout = TimeSpan.FromSeconds(3) });
        Pass(seconds: 60);
        peer.Connection.Peer.Close();
        Pass(seconds: 2.9);
        Assert.False(peer.IsAborted);

        Pass(seconds: 0.4);
        Assert.True(peer.IsAborted);
    }

    [Fact]
    public async Task Nobody_is_kept_who_has_left()
    {
        var left = await ConnectAndLeaveAsync();
        for (var i = 0; i < 10 && left.IsAlive; i++)
        {
            // Whatever completed what was awaited stands below on this stack, and holds it.
            await Task.Yield();
            Pass(seconds: 0.4);
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(left.IsAlive);
    }

    [Fact]
    public async Task Who_left_long_before_being_due_is_in_no_slot_after_one_turn_of_the_wheel()
    {
        for (var i = 0; i < 20; i++) await ConnectAndLeaveAsync();
        Assert.InRange(_host.Looks.Count, 1, 20);

        Pass(seconds: 120);
        Assert.Equal(0, _host.Looks.Count);
    }

    // What the transport threw came out of the heartbeat: nobody behind it was looked at, and it ended the process.
    [Fact]
    public async Task A_peer_whose_transport_throws_at_the_heartbeat_is_cut_and_the_others_are_looked_at()
    {
        var closed = Patience.Signal<CloseEvent>();
        var failing = await ConnectAsync(new(), new() { Close = (_, close) => { closed.SetResult(close); return default; } });
        var other = await ConnectAsync(new() { KeepAliveInterval = TimeSpan.FromSeconds(1) });
        failing.ThrowsAtStop = true;
        BreakProtocol(failing);
        Pass(seconds: 1.4);

        await failing.Run!.WaitAsync(Patience.Limit);

        Assert.Equal(CloseCode.Abnormal, (await closed.Soon()).Code);
        Assert.Equal(1, other.Pings);
        Assert.Matches(@"^The heartbeat failed for Peer .* on Scripted, whose connection was cut\.$", _log.Single(29));
    }

    [Fact]
    public async Task A_peer_whose_transport_throws_even_at_the_cut_is_left_alone_and_the_others_are_looked_at()
    {
        var failing = await ConnectAsync(new() { KeepAliveInterval = Timeout.InfiniteTimeSpan });
        var other = await ConnectAsync(new() { KeepAliveInterval = TimeSpan.FromSeconds(1) });
        (failing.ThrowsAtStop, failing.ThrowsAtAbort) = (true, true);
        BreakProtocol(failing);
        Pass(seconds: 1.4);
        var looks = failing.Looks;
        Pass(seconds: 60);

        Assert.Equal(looks, failing.Looks);
        Assert.Equal((1, 1), (_log.Count(29), _log.Count(17)));
        Assert.True(other.IsAborted);
        failing.End();
        await failing.Run!.WaitAsync(Patience.Limit);
    }

    // RFC 6455 §5.2: all reserved bits are set. It never closes afterwards, and reading is stopped after a while.
    private static void BreakProtocol(Looked peer) => peer.Connection.Receive(new byte[] { 0xF1, 0x80, 0, 0, 0, 0 });

    private async Task<WeakReference> ConnectAndLeaveAsync()
    {
        var peer = await ConnectAsync(new() { KeepAliveInterval = TimeSpan.FromHours(1) });
        Pass(seconds: 1);
        peer.Connection.Peer.Terminate();
        await peer.Run!.WaitAsync(Patience.Limit);
        return new(peer.Connection);
    }

    private void Pass(double seconds)
    {
        for (var passed = 0; passed < Math.Round(seconds * 10); passed++) _time.Advance(TimeSpan.FromSeconds(0.1));
    }

    private async Task<Looked> ConnectAsync(PeerOptions options, ScriptedHandler? handler = null)
    {
        var services = new OneService(handler ?? new());
        var connection = PeerConnection.Create<ScriptedHandler>(_host, options, services);
        await connection.UpgradeAsync(new MemoryRequest(services));
        var peer = new Looked(connection);
        peer.Run = connection.RunAsync(peer);
        return peer;
    }

    /// <summary>A transport that counts how often it is looked at, and pings.</summary>
    private sealed class Looked(PeerConnection connection) : PeerTransport
    {
        private readonly TaskCompletionSource _ended = Patience.Signal();

        public PeerConnection Connection => connection;

        public Task? Run { get; set; }

        public int Looks { get; private set; }

        public int Pings { get; private set; }

        public bool IsAborted { get; private set; }

        public bool ThrowsAtStop { get; set; }

        public bool ThrowsAtAbort { get; set; }

        public override Task ReadAllAsync(PeerConnection connection) => _ended.Task;

        public override void ReleaseInput()
        {
        }

        // RFC 6455 §5.5.2: FIN and the opcode 0x9.
        public override void Write(ReadOnlySpan<byte> bytes) => Pings += bytes[0] == 0x89 ? 1 : 0;

        public override ValueTask<FlushResult> FlushAsync() => default;

        public override ValueTask CompleteAsync() => default;

        public override void StopReading()
        {
            if (ThrowsAtStop) throw new NotSupportedException("It cannot stop.");
            base.StopReading();
        }

        public override void Abort()
        {
            if (ThrowsAtAbort) throw new NotSupportedException("It cannot be cut.");
            IsAborted = true;
            End();
        }

        public void End() => _ended.TrySetResult();

        internal override void TakeWhatCame() => Looks++;
    }
}
