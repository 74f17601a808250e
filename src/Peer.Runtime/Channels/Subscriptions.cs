using System.Diagnostics.CodeAnalysis;
using Peers.Transports;

namespace Peers.Channels;

/// <summary>The channels that one subscriber is in. Safe from any thread; costs nothing until the first is joined, and one object while it is in one.</summary>
internal sealed class Subscriptions(ChannelRegistry channels, ISubscriber subscriber)
{
    // Guarded by this object, which nobody else knows, also against joining after the subscriber left. In one channel, as most are, or in several.
    private Subscription? _only;
    private Dictionary<string, Subscription>? _several;
    private bool _isClosed;

    /// <summary>The names, as they are now.</summary>
    public IReadOnlyCollection<string> Names
    {
        get
        {
            lock (this) return _several is not null ? [.. _several.Keys] : _only is not null ? [_only.Channel.Name] : [];
        }
    }

    /// <summary>Joins a channel; false where it was in the channel already, or has left for good.</summary>
    public bool Add(string channel)
    {
        using var turn = Turn.Enter();
        lock (this)
        {
            if (_isClosed || Contains(channel)) return false;
            Keep(channels.Subscribe(channel, subscriber));
            return true;
        }
    }

    /// <summary>Leaves a channel; false where it was not in it.</summary>
    public bool Remove(string channel)
    {
        using var turn = Turn.Enter();
        lock (this)
        {
            if (!TryTake(channel, out var subscription)) return false;
            channels.Unsubscribe(subscription);
            return true;
        }
    }

    /// <summary>Leaves every channel, for good.</summary>
    public void Close()
    {
        using var turn = Turn.Enter();
        lock (this)
        {
            _isClosed = true;
            if (_only is not null) channels.Unsubscribe(_only);
            foreach (var subscription in _several?.Values ?? Enumerable.Empty<Subscription>()) channels.Unsubscribe(subscription);
            (_only, _several) = (null, null);
        }
    }

    private bool Contains(string channel) => _several?.ContainsKey(channel) ?? IsOnly(channel);

    private bool IsOnly(string channel) => _only is not null && _only.Channel.Name == channel;

    // The channel's own name is kept, so that a name that was made for each subscriber is not.
    private void Keep(Subscription subscription)
    {
        if (_only is null && _several is null)
        {
            _only = subscription;
            return;
        }

        if (_several is null)
        {
            _several = new(StringComparer.Ordinal) { [_only!.Channel.Name] = _only };
            _only = null;
        }

        _several.Add(subscription.Channel.Name, subscription);
    }

    private bool TryTake(string channel, [MaybeNullWhen(false)] out Subscription subscription)
    {
        if (_several is not null) return _several.Remove(channel, out subscription);
        subscription = IsOnly(channel) ? _only : null;
        if (subscription is not null) _only = null;
        return subscription is not null;
    }
}
