using System.IO.Pipelines;
using Peers.Tests.Kit;
using Peers.Transports;

namespace Peers.Tests.Transports;

/// <summary>Outputs that one thread appends to and another one serves: who flushes them, and when. Over real loops this is tested in Peer.EventLoop.Tests.</summary>
[Collection(nameof(Alone))]
public sealed class HandOverTests : IDisposable
{
    private const int Many = 16;

    private readonly PeerHost _host = new();
    private readonly Flusher _flusher = new();

    public void Dispose() => _host.Dispose();

    [Fact]
    public async Task What_is_published_to_many_is_flushed_by_who_serves_them()
    {
        var sinks = await JoinAsync(Many, _flusher);
        Publish(1);
        Assert.All(sinks, static sink => Assert.Empty(sink.Written));

        Assert.Equal(Many, _flusher.FlushAll());
        Assert.All(sinks, static sink => Assert.Equal([1], sink.Written));
    }

    [Fact]
    public async Task To_one_less_the_publisher_flushes_by_itself()
    {
        var sinks = await JoinAsync(Many - 1, _flusher);
        Publish(1);

        Assert.All(sinks, static sink => Assert.Equal([1], sink.Written));
        Assert.Equal(0, _flusher.FlushAll());
    }

    [Fact]
    public async Task Who_serves_them_publishes_to_them_without_a_detour()
    {
        var sinks = await JoinAsync(Many, _flusher);
        Turn.OfThread.Flusher = _flusher;
        Publish(1);
        Turn.OfThread.Flusher = null;

        Assert.All(sinks, static sink => Assert.Equal([1], sink.Written));
        Assert.Equal(0, _flusher.FlushAll());
    }

    [Fact]
    public async Task Each_gets_its_own_however_few_where_they_are_many_together()
    {
        var others = new Flusher();
        var sinks = await JoinAsync(Many - 1, _flusher);
        var other = await JoinAsync(1, others);
        Publish(1);

        Assert.Equal((Many - 1, 1), (_flusher.FlushAll(), others.FlushAll()));
        Assert.All([.. sinks, .. other], static sink => Assert.Equal([1], sink.Written));
    }

    [Fact]
    public async Task What_is_published_before_it_comes_to_flush_leaves_with_the_rest_in_one_piece()
    {
        var sinks = await JoinAsync(Many, _flusher);
        for (var number = 1; number <= 3; number++) Publish(number);

        Assert.Equal(Many, _flusher.FlushAll());
        Assert.All(sinks, static sink => Assert.Equal([1, 2, 3], sink.Written));
        Assert.All(sinks, static sink => Assert.Equal(1, sink.Flushes));
    }

    [Fact]
    public async Task What_is_sent_to_one_meanwhile_leaves_at_once_behind_what_was_published()
    {
        var sinks = await JoinAsync(Many, _flusher);
        Publish(1);
        sinks[0].Connection.Peer.SendBinary([2]);

        Assert.Equal([1, 2], sinks[0].Written);
        Publish(3);
        Assert.Equal(Many, _flusher.FlushAll());
        Assert.Equal([1, 2, 3], sinks[0].Written);
        Assert.All(sinks.Skip(1), static sink => Assert.Equal([1, 3], sink.Written));
    }

    [Fact]
    public async Task Where_it_is_held_up_the_publisher_flushes_and_it_is_relieved_of_what_it_got_before()
    {
        var sinks = await JoinAsync(Many, _flusher);
        var others = await JoinAsync(Many, new Flusher());
        Publish(1);
        _flusher.IsHeldUp = true;
        Publish(2);

        Assert.All(sinks, static sink => Assert.Equal([1, 2], sink.Written));
        Assert.All(others, static sink => Assert.Empty(sink.Written));
        Assert.Equal(1, _flusher.Reliefs);
    }

    [Fact]
    public async Task Limits_are_for_slow_peers_and_not_for_what_is_left_to_another_thread()
    {
        // Sixteen times as much as may wait is published before anybody else comes to flush it.
        var sinks = await JoinAsync(Many, _flusher, new() { MaxBufferedBytes = 1024 });
        for (var i = 0; i < 16 * 1024 / 4; i++) Publish(1);

        Assert.All(sinks, static sink => Assert.InRange(sink.Written.Count, 15 * 1024 / 4, int.MaxValue));
        _flusher.FlushAll();
        Assert.All(sinks, static sink => Assert.Equal(16 * 1024 / 4, sink.Written.Count));
        Assert.All(sinks, static sink => Assert.Equal(ReadyState.Open, sink.Connection.Peer.ReadyState));
    }

    [Fact]
    public async Task A_peer_that_is_gone_when_its_turn_comes_is_passed_over()
    {
        var sinks = await JoinAsync(Many, _flusher);
        Publish(1);
        sinks[3].Connection.Peer.Terminate();

        Assert.Equal(Many, _flusher.FlushAll());
        Assert.Empty(sinks[3].Written);
        Assert.All(sinks.Where((_, index) => index != 3), static sink => Assert.Equal([1], sink.Written));
    }

    [Fact]
    public async Task One_whose_flush_fails_keeps_nobody_from_the_next()
    {
        var sinks = await JoinAsync(Many, _flusher);
        sinks[3].Fails = true;
        Publish(1);

        Assert.Equal(Many, _flusher.FlushAll());
        Assert.All(sinks.Where((_, index) => index != 3), static sink => Assert.Equal([1], sink.Written));
    }

    [Fact]
    public async Task A_peer_closes_only_after_what_was_handed_over_is_written()
    {
        var sinks = await JoinAsync(Many, _flusher);
        Publish(1);
        var finished = sinks[0].Connection.Output.WhenFinished();
        using (Turn.Enter())
        {
            for (var number = 2; number <= 3; number++) Publish(number);
            foreach (var sink in sinks) sink.Connection.Peer.Close();
        }

        Assert.False(finished.IsCompleted);
        _flusher.FlushAll();
        await finished.WaitAsync(Patience.Limit);
        Assert.Equal([1, 2, 3], sinks[0].Written.Take(3));
    }

    [Fact]
    public async Task Handing_over_allocates_nothing()
    {
        await JoinAsync(100, _flusher);
        for (var i = 0; i < 1000; i++) PublishAndFlush();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++) PublishAndFlush();

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 10_000.0, 0, 0.1);

        void PublishAndFlush()
        {
            Publish(1);
            _flusher.FlushAll();
        }
    }

    private void Publish(int number) => _host.PublishBinary("room", [(byte)number]);

    private async Task<Sink[]> JoinAsync(int count, Flusher flusher, PeerOptions? options = null)
    {
        var sinks = new Sink[count];
        for (var i = 0; i < count; i++)
        {
            var services = new OneService(new ScriptedHandler());
            var connection = PeerConnection.Create<ScriptedHandler>(_host, options ?? new(), services);
            await connection.UpgradeAsync(new MemoryRequest(services));
            sinks[i] = new Sink(connection, flusher);
            _ = connection.RunAsync(sinks[i]);
            connection.Peer.Subscribe("room");
        }

        return sinks;
    }

    /// <summary>A loop that runs when it is told to.</summary>
    private sealed class Flusher : IFlusher
    {
        private readonly HandedOver _handedOver = new();

        public bool IsHeldUp { get; set; }

        public int Reliefs { get; private set; }

        public void HandOver(OutputChain outputs) => _handedOver.Add(outputs);

        public void Relieve() => Reliefs++;

        public int FlushAll()
        {
            var count = 0;
            for (var output = _handedOver.Take(); output is not null; count++) HandedOver.FlushNext(ref output);
            return count;
        }
    }

    /// <summary>A transport that notes the payloads of one byte that it is given.</summary>
    private sealed class Sink(PeerConnection connection, IFlusher flusher) : PeerTransport
    {
        private readonly TaskCompletionSource _aborted = Patience.Signal();

        public PeerConnection Connection => connection;

        public List<int> Written { get; } = new(32 * 1024);

        public int Flushes { get; private set; }

        public bool Fails { get; set; }

        internal override IFlusher? Flusher => flusher;

        public override Task ReadAllAsync(PeerConnection connection) => _aborted.Task;

        public override void ReleaseInput()
        {
        }

        public override void Write(ReadOnlySpan<byte> bytes)
        {
            // RFC 6455 §5.2: two bytes of header, one of payload.
            for (var payload = 2; payload < bytes.Length; payload += 3) Written.Add(bytes[payload]);
        }

        public override ValueTask<FlushResult> FlushAsync()
        {
            if (Fails) throw new IOException("It fails.");
            Flushes++;
            return default;
        }

        public override ValueTask CompleteAsync() => default;

        public override void Abort() => _aborted.TrySetResult();
    }
}
