using Peers.Transports;

namespace Peers.Channels;

/// <summary>The channels that one subscriber is in. Safe from any thread; costs nothing until the first is joined.</summary>
internal sealed class Subscriptions(ChannelRegistry channels, ISubscriber subscriber)
{
    // Guarded by _lock, also against joining after the subscriber left.
    private readonly Lock _lock = new();
    private Dictionary<string, Subscription>? _byName;
    private bool _isClosed;

    /// <summary>The names, as they are now.</summary>
    public IReadOnlyCollection<string> Names
    {
        get { lock (_lock) return _byName is null ? [] : [.. _byName.Keys]; }
    }

    /// <summary>Joins a channel; false where it was in the channel already, or has left for good.</summary>
    public bool Add(string channel)
    {
        using var turn = Turn.Enter();
        lock (_lock)
        {
            if (_isClosed) return false;
            _byName ??= new(capacity: 1, StringComparer.Ordinal);
            if (_byName.ContainsKey(channel)) return false;
            _byName.Add(channel, channels.Subscribe(channel, subscriber));
            return true;
        }
    }

    /// <summary>Leaves a channel; false where it was not in it.</summary>
    public bool Remove(string channel)
    {
        using var turn = Turn.Enter();
        lock (_lock)
        {
            if (_byName is null || !_byName.Remove(channel, out var subscription)) return false;
            channels.Unsubscribe(subscription);
            return true;
        }
    }

    /// <summary>Leaves every channel, for good.</summary>
    public void Close()
    {
        using var turn = Turn.Enter();
        lock (_lock)
        {
            _isClosed = true;
            foreach (var subscription in _byName?.Values ?? Enumerable.Empty<Subscription>()) channels.Unsubscribe(subscription);
            _byName = null;
        }
    }
}
