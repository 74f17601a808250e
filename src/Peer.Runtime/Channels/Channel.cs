using Peers.Transports;

namespace Peers.Channels;

/// <summary>One channel: its subscribers, and the order of what is published to them.</summary>
internal sealed class Channel(string name)
{
    // Guarded by _lock, which is held while a frame is handed out: every subscriber gets all frames in one order.
    private readonly Lock _lock = new();
    private Subscription[] _subscriptions = new Subscription[4];
    private int _count;
    private bool _isClosed;

    public string Name => name;

    public int Count => Volatile.Read(ref _count);

    /// <summary>Adds a subscriber.</summary>
    /// <returns>False where the channel was closed because its last subscriber left: look it up again.</returns>
    public bool TryAdd(Subscription subscription)
    {
        lock (_lock)
        {
            if (_isClosed) return false;
            if (_count == _subscriptions.Length) Array.Resize(ref _subscriptions, _count * 2);
            subscription.Index = _count;
            _subscriptions[_count++] = subscription;
            return true;
        }
    }

    /// <summary>Removes a subscriber that is there.</summary>
    /// <returns>True where it was the last, which closes the channel.</returns>
    public bool Remove(Subscription subscription)
    {
        lock (_lock)
        {
            var last = _subscriptions[--_count];
            _subscriptions[subscription.Index] = last;
            last.Index = subscription.Index;
            _subscriptions[_count] = null!;
            return _isClosed = _count == 0;
        }
    }

    /// <summary>Hands a frame to every subscriber but one. Nobody is waited for.</summary>
    public void Deliver(SharedFrame frame, ISubscriber? except)
    {
        lock (_lock)
        {
            foreach (var subscription in _subscriptions.AsSpan(0, _count))
            {
                if (subscription.Subscriber != except) subscription.Subscriber.Deliver(frame);
            }
        }
    }
}

/// <summary>Who gets what is published to a channel.</summary>
internal interface ISubscriber
{
    /// <summary>Takes a frame, adding a reference where it keeps it. Called under the channel's lock: it must not wait, and must not come back to channels.</summary>
    void Deliver(SharedFrame frame);
}

/// <summary>One subscriber's place in one channel.</summary>
internal sealed class Subscription(Channel channel, ISubscriber subscriber)
{
    public Channel Channel => channel;

    public ISubscriber Subscriber => subscriber;

    /// <summary>Where it stands in the channel. Guarded by the channel's lock.</summary>
    public int Index { get; set; }
}
