using System.IO.Pipelines;
using Microsoft.Extensions.Time.Testing;
using Peers.Tests.Kit;
using Peers.WebSockets;

namespace Peers.Tests;

/// <summary>When the heartbeat looks at a peer: when something is due for it, and not at every beat.</summary>
public sealed class LookScheduleTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly PeerHost _host;

    public LookScheduleTests() => _host = new(_time);

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

    private async Task<Looked> ConnectAsync(PeerOptions options)
    {
        var services = new OneService(new ScriptedHandler());
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

        public override Task ReadAllAsync(PeerConnection connection) => _ended.Task;

        public override void ReleaseInput()
        {
        }

        // RFC 6455 §5.5.2: FIN and the opcode 0x9.
        public override void Write(ReadOnlySpan<byte> bytes) => Pings += bytes[0] == 0x89 ? 1 : 0;

        public override ValueTask<FlushResult> FlushAsync() => default;

        public override ValueTask CompleteAsync() => default;

        public override void Abort()
        {
            IsAborted = true;
            _ended.TrySetResult();
        }

        internal override void TakeWhatCame() => Looks++;
    }
}
