using System.Globalization;
using System.Text;
using Peers.Channels;
using Peers.Tests.Kit;
using Peers.Transports;
using Peers.WebSockets;

namespace Peers.Tests.Channels;

/// <summary>What came from other nodes, on its way to subscribers.</summary>
public sealed class IncomingQueueTests
{
    // A frame that was handed on is used for the next: its length was asked for again then, and the limit wandered off.
    [Fact]
    public async Task Nothing_counts_as_waiting_when_all_was_handed_on_whatever_its_length()
    {
        var channels = new ChannelRegistry();
        using (Turn.Enter())
        {
            channels.Subscribe("short", new Deaf());
            channels.Subscribe("long", new Deaf());
        }

        var queue = new IncomingQueue(channels, int.MaxValue, TimeProvider.System, _ => { });
        for (var i = 0; i < 1000; i++)
        {
            Assert.True(queue.TryAdd(new(null!, Frame("short", "x"))));
            Assert.True(queue.TryAdd(new(null!, Frame("long", new string('x', 100)))));
        }

        for (var end = Environment.TickCount64 + Patience.Limit.TotalMilliseconds; queue.Waiting != 0; await Task.Yield())
        {
            Assert.True(Environment.TickCount64 < end, $"{queue.Waiting} bytes still count as waiting.");
        }
    }

    // All that had waited was handed on in one turn, and flushed at its end: subscribers that read were closed as slow, because nothing could leave meanwhile.
    [Fact]
    public async Task A_backlog_is_handed_on_in_slices_that_are_flushed_each_and_in_order()
    {
        const int Count = 1000;
        var channels = new ChannelRegistry();
        var subscriber = new TurnCounter(Count);
        using (Turn.Enter()) channels.Subscribe("news", subscriber);
        using var mayBegin = new ManualResetEventSlim();
        var queue = new IncomingQueue(channels, int.MaxValue, TimeProvider.System, _ => mayBegin.Wait(Patience.Limit));
        Assert.True(queue.TryAdd(new(null!, Control: [(byte)ControlKind.Heartbeat])));
        for (var i = 0; i < Count; i++) Assert.True(queue.TryAdd(new(null!, Frame("news", "#" + i.ToString("D4", CultureInfo.InvariantCulture) + new string('x', 1000)))));
        mayBegin.Set();
        await subscriber.HasAll.WaitAsync(Patience.Limit);

        Assert.Equal(Enumerable.Range(0, Count), subscriber.Numbers);

        // More than 1,000 bytes each, and 64 KiB a slice.
        Assert.InRange(subscriber.Slices, 1000 * 1000 / (64 * 1024), Count);
    }

    private static SharedFrame Frame(string channel, string text)
    {
        var payload = Encoding.UTF8.GetBytes(text);
        Span<byte> header = stackalloc byte[FrameWriter.MaxHeaderLength];
        return SharedFrame.Create(channel, header[..FrameWriter.WriteHeader(header, Opcode.Text, fin: true, payload.Length)], payload);
    }

    // Counts the turns in which something is delivered: a turn's tally is recorded at its end.
    private sealed class TurnCounter(int count) : ISubscriber, ITurnTally
    {
        private readonly TaskCompletionSource _all = Patience.Signal();

        public Task HasAll => _all.Task;

        public List<int> Numbers { get; } = [];

        public int Slices { get; private set; }

        public bool IsEmpty { get; private set; } = true;

        public object Owner => this;

        public void Deliver(SharedFrame frame)
        {
            foreach (var text in Encoding.UTF8.GetString(frame.Bytes).Split('#')[1..]) Numbers.Add(int.Parse(text.AsSpan(0, 4), CultureInfo.InvariantCulture));
            IsEmpty = false;
            Turn.OfThread.Tally = this;
        }

        public void Record()
        {
            (IsEmpty, Turn.OfThread.Tally) = (true, null);
            Slices++;
            if (Numbers.Count == count) _all.TrySetResult();
        }
    }

    private sealed class Deaf : ISubscriber
    {
        public object Owner => this;

        public void Deliver(SharedFrame frame)
        {
        }
    }
}
