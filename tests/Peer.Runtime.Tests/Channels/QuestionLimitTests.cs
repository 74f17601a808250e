using Microsoft.Extensions.Time.Testing;
using Peers.Channels;
using Peers.TestKit;
using Peers.Tests.Kit;
using Peers.Transports;

namespace Peers.Tests.Channels;

/// <summary>What nodes ask each other is bounded as messages are. The clock stands: nobody is told by a timeout.</summary>
public sealed class QuestionLimitTests : IAsyncLifetime
{
    private const int Limit = 64 * 1024;
    private const int NotTaken = 61;

    private readonly LogLines _log = new();
    private readonly TestMeters _meters = new();
    private readonly MeterReader _reader;
    private readonly Stopper _stopper = new();
    private readonly LossyBackplane _wire;
    private readonly PeerHost _asking;
    private readonly PeerHost _asked;
    private MemoryClient _client = null!;

    public QuestionLimitTests()
    {
        var (time, backplane) = (new FakeTimeProvider(), new MemoryBackplane());
        _reader = new(_meters);
        _wire = new(backplane.Connect());
        _asking = new(time, backplane: _wire, backplaneOptions: new() { MaxOutgoingBytes = 2 * Limit });
        _asked = new(time, _log, _meters, backplane.Connect(), new() { MaxIncomingBytes = Limit });
    }

    public async ValueTask InitializeAsync()
    {
        await _asking.StartAsync();
        await _asked.StartAsync();
        _client = await MemoryClient.ConnectAsync(_asked, new ScriptedHandler());
        using (Turn.Enter()) _asked.Channels.Subscribe("stop", _stopper);
        await _asked.WhenSubscribed();
        for (var end = Environment.TickCount64 + Patience.Limit.TotalMilliseconds; _asking.OtherNodes.Count == 0; await Task.Yield())
        {
            Assert.True(Environment.TickCount64 < end, "The nodes do not hear each other.");
        }

        // What the one told the other when it heard of it is through when it answers.
        Assert.Equal([_asking.Node, _asked.Node], (await _asking.CountAsync("anything")).Answered);
    }

    public async ValueTask DisposeAsync()
    {
        _stopper.Dispose();
        await _client.DisposeAsync();
        await _asking.DisposeAsync();
        await _asked.DisposeAsync();
        _reader.Dispose();
        _meters.Dispose();
    }

    // It was kept, however much waited.
    [Fact]
    public async Task A_message_to_a_peer_that_does_not_fit_beside_what_waits_is_refused_and_says_why()
    {
        await StopAsync();
        var (first, second) = (SendAsync(30_000), SendAsync(30_000));

        var refusal = await Assert.ThrowsAsync<BackplaneException>(() => SendAsync(30_000));

        Assert.Equal(
            $"Node {_asked.Node:x8} did not take what was asked of it: more than MaxIncomingBytes (65,536 bytes) from other nodes would wait there. Raise BackplaneOptions.MaxIncomingBytes, or send less from node to node.",
            refusal.Message);
        Assert.StartsWith($"A request of node {_asking.Node:x8} was rejected: more than MaxIncomingBytes (65,536 bytes) from other nodes would be queued.", _log.Single(NotTaken), StringComparison.Ordinal);
        Assert.Contains("peer.backplane.dropped_messages{peer.backplane.name=memory,network.io.direction=receive} 1", _reader.Lines());
        _stopper.Dispose();
        Assert.Equal([SendStatus.Queued, SendStatus.Queued], await Task.WhenAll(first, second).WaitAsync(Patience.Limit));
    }

    [Fact]
    public async Task A_node_that_refuses_is_missing_where_all_are_asked()
    {
        await StopAsync();
        var filling = SendAsync(65_000);

        var count = await _asking.CountAsync(new string('x', 1000)).WaitAsync(Patience.Limit);

        Assert.Equal([_asked.Node], count.Missing);
        _stopper.Dispose();
        Assert.Equal(SendStatus.Queued, await filling.WaitAsync(Patience.Limit));
    }

    [Fact]
    public async Task What_exceeds_the_limit_by_itself_is_not_sent()
    {
        var refusal = await Assert.ThrowsAsync<BackplaneException>(() => _asked.SendAsync(PeerId.Create(_asking.Node), new Long(new('x', Limit))).WaitAsync(Patience.Limit));

        Assert.Contains("exceeds MaxIncomingBytes (65,536 bytes) by itself. Raise BackplaneOptions.MaxIncomingBytes", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_does_not_fit_into_the_queue_to_the_backplane_is_refused_here()
    {
        var gate = Patience.Signal();
        _wire.Gate = gate.Task;
        var first = SendAsync(40_000);

        var refusal = await Assert.ThrowsAsync<BackplaneException>(() => SendAsync(100_000));

        Assert.Equal("Another node was not asked: more than MaxOutgoingBytes (131,072 bytes) would wait for memory. Raise BackplaneOptions.MaxOutgoingBytes, or publish less.", refusal.Message);
        gate.SetResult();
        Assert.Equal(SendStatus.Queued, await first.WaitAsync(Patience.Limit));
    }

    [Fact]
    public void News_has_room_beyond_the_limit_and_a_limit_too()
    {
        var queue = new IncomingQueue(new ChannelRegistry(), Limit, TimeProvider.System, _ => _stopper.Wait());
        Assert.True(queue.TryAdd(Control(ControlKind.Question, Limit / 2)));

        Assert.False(queue.TryAdd(Control(ControlKind.Question, Limit)));
        Assert.True(queue.TryAdd(Control(ControlKind.Heartbeat, Limit)));
        Assert.False(queue.TryAdd(Control(ControlKind.Heartbeat, Limit)));
        Assert.True(queue.TryAdd(new(new Interest("room", "room", new(), TimeProvider.System, new PartialBudget(1000)))));

        static Incoming Control(ControlKind kind, int length) => new(null!, Control: [(byte)kind, .. new byte[length - 1]]);
    }

    private Task<SendStatus> SendAsync(int length) => _asking.SendAsync(_client.Peer.Id, new Long(new('x', length)));

    private Task StopAsync()
    {
        _asking.Publish("stop", "");
        return _stopper.WhenStopped.WaitAsync(Patience.Limit);
    }

    // Nothing that comes is handed on until it is disposed.
    private sealed class Stopper : ISubscriber, IMember, IDisposable
    {
        private readonly ManualResetEventSlim _goesOn = new();
        private readonly TaskCompletionSource _stopped = Patience.Signal();

        public Task WhenStopped => _stopped.Task;

        public object Owner => this;

        public PeerId Id { get; } = PeerId.Create(1);

        public void Deliver(SharedFrame frame)
        {
            _stopped.TrySetResult();
            Wait();
        }

        public void Wait() => _goesOn.Wait(Patience.Limit);

        public void Tell(in ChannelGap gap)
        {
        }

        public void Dispose() => _goesOn.Set();
    }
}
