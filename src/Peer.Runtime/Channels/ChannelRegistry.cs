using System.Collections.Concurrent;
using Peers.Transports;

namespace Peers.Channels;

/// <summary>The channels of one host. A channel is there while it has subscribers.</summary>
internal sealed class ChannelRegistry
{
    private readonly ConcurrentDictionary<string, Channel> _channels = new(StringComparer.Ordinal);

    /// <summary>What carries channels to other nodes, and hears which of them have subscribers here; null for this node alone. Set before the first subscription.</summary>
    public ChannelRelay? Relay { get; set; }

    /// <summary>The channels that have subscribers, as they are now.</summary>
    public IEnumerable<string> Names
    {
        get
        {
            foreach (var (name, _) in _channels) yield return name;
        }
    }

    /// <summary>How many channels have subscribers.</summary>
    public int Count => _channels.Count;

    /// <summary>The channels that have subscribers.</summary>
    public IEnumerable<Channel> All
    {
        get
        {
            foreach (var (_, channel) in _channels) yield return channel;
        }
    }

    /// <summary>How many subscribers a channel has.</summary>
    public int CountOf(string name) => _channels.TryGetValue(name, out var channel) ? channel.Count : 0;

    /// <summary>Adds a subscriber to a channel, making the channel where it is the first. Inside a turn.</summary>
    public Subscription Subscribe(string name, ISubscriber subscriber)
    {
        while (true)
        {
            if (_channels.GetOrAdd(name, static name => new Channel(name)).Add(subscriber) is not { } subscription) continue;
            Relay?.Joined(name);
            return subscription;
        }
    }

    /// <summary>Removes a subscriber, and the channel with the last. Inside a turn.</summary>
    public void Unsubscribe(Subscription subscription)
    {
        var channel = subscription.Channel;
        if (!channel.Remove(subscription)) return;
        _channels.TryRemove(new(channel.Name, channel));
        Relay?.Left(channel.Name);
    }

    /// <summary>Who is in a channel, as it is now.</summary>
    public IMember[] MembersOf(string name) => _channels.TryGetValue(name, out var channel) ? channel.Members : [];

    /// <summary>Tells those of a gap who want to know.</summary>
    public void Tell(in ChannelGap gap)
    {
        foreach (var member in MembersOf(gap.Channel)) member.Tell(gap);
    }

    /// <summary>Hands a frame to every subscriber of a channel but one. Inside a turn.</summary>
    public void Publish(Turn turn, string name, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, ISubscriber? except, bool compress, string? countedAs)
    {
        if (_channels.TryGetValue(name, out var channel)) channel.Publish(turn, header, payload, except, compress, countedAs);
    }

    /// <summary>Whether a frame published now would reach anybody.</summary>
    public bool HasSubscribers(string name) => _channels.ContainsKey(name);
}
