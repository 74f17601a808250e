using System.Diagnostics.CodeAnalysis;
using Peers.Transports;

namespace Peers.Channels;

/// <summary>The channels that one subscriber is in. Safe from any thread; costs nothing until the first is joined, and one object while it is in one.</summary>
internal sealed class Subscriptions(ChannelRegistry channels, ISubscriber subscriber)
{
    private static readonly object s_closed = new();

    // Guarded by this object, which nobody else knows: the subscription, as most have one; several by name; or s_closed, so that nobody joins after the subscriber left.
    private object? _joined;

    /// <summary>The names, as they are now.</summary>
    public IReadOnlyCollection<string> Names
    {
        get
        {
            lock (this)
            {
                return _joined switch
                {
                    Subscription only => [only.Channel.Name],
                    Dictionary<string, Subscription> several => [.. several.Keys],
                    _ => [],
                };
            }
        }
    }

    /// <summary>Whether it is in a channel.</summary>
    public bool Contains(string channel)
    {
        lock (this) return IsIn(channel);
    }

    /// <summary>Joins a channel; false where it was in the channel already, or has left for good.</summary>
    public bool Add(string channel)
    {
        using var turn = Turn.Enter();
        lock (this)
        {
            if (_joined == s_closed || IsIn(channel)) return false;
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
            if (_joined is Subscription only) channels.Unsubscribe(only);
            else if (_joined is Dictionary<string, Subscription> several) UnsubscribeAll(several);
            _joined = s_closed;
        }
    }

    private void UnsubscribeAll(Dictionary<string, Subscription> several)
    {
        foreach (var (_, subscription) in several) channels.Unsubscribe(subscription);
    }

    private bool IsIn(string channel) =>
        _joined is Dictionary<string, Subscription> several ? several.ContainsKey(channel) : _joined is Subscription only && only.Channel.Name == channel;

    // The channel's own name is the key, so that a name that was made for one subscriber is not kept.
    private void Keep(Subscription subscription)
    {
        if (_joined is null)
        {
            _joined = subscription;
            return;
        }

        var several = _joined as Dictionary<string, Subscription>;
        if (several is null)
        {
            var only = (Subscription)_joined;
            _joined = several = new(StringComparer.Ordinal) { [only.Channel.Name] = only };
        }

        several.Add(subscription.Channel.Name, subscription);
    }

    private bool TryTake(string channel, [MaybeNullWhen(false)] out Subscription subscription)
    {
        if (_joined is Dictionary<string, Subscription> several) return several.Remove(channel, out subscription);
        subscription = IsIn(channel) ? (Subscription)_joined! : null;
        if (subscription is not null) _joined = null;
        return subscription is not null;
    }
}
