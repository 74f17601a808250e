using System.Collections.Concurrent;
using Peers.Transports;

namespace Peers.Channels;

/// <summary>The channels of one host. A channel is there while it has subscribers.</summary>
internal sealed class ChannelRegistry
{
    private readonly ConcurrentDictionary<string, Channel> _channels = new(StringComparer.Ordinal);

    /// <summary>How many channels have subscribers.</summary>
    public int Count => _channels.Count;

    /// <summary>How many subscribers a channel has.</summary>
    public int CountOf(string name) => _channels.TryGetValue(name, out var channel) ? channel.Count : 0;

    /// <summary>Adds a subscriber to a channel, making the channel where it is the first.</summary>
    public Subscription Subscribe(string name, ISubscriber subscriber)
    {
        while (true)
        {
            var subscription = new Subscription(_channels.GetOrAdd(name, static name => new Channel(name)), subscriber);
            if (subscription.Channel.TryAdd(subscription)) return subscription;
        }
    }

    /// <summary>Removes a subscriber, and the channel with the last.</summary>
    public void Unsubscribe(Subscription subscription)
    {
        var channel = subscription.Channel;
        if (channel.Remove(subscription)) _channels.TryRemove(new(channel.Name, channel));
    }

    /// <summary>Hands a frame to every subscriber of its channel but one.</summary>
    public void Publish(SharedFrame frame, ISubscriber? except)
    {
        if (_channels.TryGetValue(frame.Channel, out var channel)) channel.Deliver(frame, except);
    }

    /// <summary>Whether a frame published now would reach anybody.</summary>
    public bool HasSubscribers(string name) => _channels.ContainsKey(name);
}
