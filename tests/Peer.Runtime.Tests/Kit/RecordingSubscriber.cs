using System.Collections.Concurrent;
using Peers.Channels;
using Peers.Transports;

namespace Peers.Tests.Kit;

/// <summary>A subscriber that counts its messages and writes down its gaps.</summary>
internal sealed class RecordingSubscriber : ISubscriber, IMember
{
    private int _count;

    /// <summary>How many messages it got.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The gaps that were reported to it.</summary>
    public ConcurrentQueue<ChannelGap> Gaps { get; } = new();

    public object Owner => this;

    public PeerId Id { get; } = PeerId.Create(1);

    public static RecordingSubscriber Join(PeerHost host, string channel)
    {
        var subscriber = new RecordingSubscriber();
        using (Turn.Enter()) host.Channels.Subscribe(channel, subscriber);
        return subscriber;
    }

    public void Deliver(SharedFrame frame) => Interlocked.Add(ref _count, frame.Count);

    public void Tell(in ChannelGap gap) => Gaps.Enqueue(gap);
}
