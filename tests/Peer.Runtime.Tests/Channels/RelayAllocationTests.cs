using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using Peers.Channels;
using Peers.Tests.Kit;
using Peers.Transports;

namespace Peers.Tests.Channels;

/// <summary>What a message costs on its way to other nodes and from them: no allocation for each. The clock stands, so that no heartbeat comes between.</summary>
[Collection(nameof(Alone))]
public sealed class RelayAllocationTests
{
    private const int Messages = 20_000;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Publishing_to_other_nodes_allocates_nothing(bool hasPeersHere)
    {
        var backplane = new SilentBackplane();
        await using var host = new PeerHost(new FakeTimeProvider(), backplane: backplane);
        await host.StartAsync();
        if (hasPeersHere) Join(host, new CountingSubscriber());
        var payload = new byte[64];

        Assert.InRange(await MeasureAsync(() => host.PublishBinary("room", payload), () => backplane.Published), 0, 0.1);
    }

    [Fact]
    public async Task Handing_on_what_other_nodes_published_allocates_next_to_nothing()
    {
        var backplane = new SilentBackplane();
        await using var host = new PeerHost(new FakeTimeProvider(), backplane: backplane);
        await host.StartAsync();
        var subscriber = new CountingSubscriber();
        Join(host, subscriber);
        await backplane.WhenSubscribed.WaitAsync(s_patience);
        var message = new byte[RelayHeader.Length + 64];
        var number = 0L;

        Assert.InRange(await MeasureAsync(Receive, () => subscriber.Count), 0, 0.1);

        void Receive()
        {
            new RelayHeader(RelayFlags.First | RelayFlags.Last | RelayFlags.Binary, host.Node + 1, ++number).Write(message);
            backplane.Receive("room", message);
        }
    }

    private static void Join(PeerHost host, CountingSubscriber subscriber)
    {
        using var turn = Turn.Enter();
        host.Channels.Subscribe("room", subscriber);
    }

    // It spins, on a thread of its own.
    private static Task<double> MeasureAsync(Action send, Func<long> done) =>
        Task.Factory.StartNew(() => Measure(send, done), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    // A hundred at most are under way, so that what waits stays as small as it is in peace. The best of some rounds: what else the process does is nobody's cost, and each thread of the pool that hands on for the first time fills a pool of its own.
    private static double Measure(Action send, Func<long> done)
    {
        var watch = Stopwatch.StartNew();
        var (sent, best) = (0L, double.MaxValue);
        for (var round = 0; round < 8; round++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            for (var i = 0; i < Messages; i++)
            {
                send();
                sent++;
                while (sent - done() > 100) Spin(watch);
            }

            while (sent != done()) Spin(watch);
            best = Math.Min(best, (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)Messages);
        }

        return best;
    }

    private static void Spin(Stopwatch watch)
    {
        if (watch.Elapsed > s_patience) throw new TimeoutException("What was sent did not arrive.");
        Thread.Yield();
    }

    private sealed class CountingSubscriber : ISubscriber, IMember
    {
        private long _count;

        public long Count => Volatile.Read(ref _count);

        public object Owner => this;

        public PeerId Id { get; } = PeerId.Create(1);

        public void Deliver(SharedFrame frame) => Interlocked.Add(ref _count, frame.Count);

        public void Tell(in ChannelGap gap)
        {
        }
    }
}
