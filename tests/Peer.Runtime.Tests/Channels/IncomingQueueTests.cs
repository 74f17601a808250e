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

        var queue = new IncomingQueue(channels, int.MaxValue, _ => { });
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

    private static SharedFrame Frame(string channel, string text)
    {
        var payload = Encoding.UTF8.GetBytes(text);
        Span<byte> header = stackalloc byte[FrameWriter.MaxHeaderLength];
        return SharedFrame.Create(channel, header[..FrameWriter.WriteHeader(header, Opcode.Text, fin: true, payload.Length)], payload);
    }

    private sealed class Deaf : ISubscriber
    {
        public object Owner => this;

        public void Deliver(SharedFrame frame)
        {
        }
    }
}
