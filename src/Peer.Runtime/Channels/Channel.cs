using System.Diagnostics;
using Peers.Transports;

namespace Peers.Channels;

/// <summary>One channel: its subscribers, and the order of what is published to them.</summary>
/// <remarks>
/// Short messages that are published in one turn are put together, and handed to every subscriber at once when the turn ends, or before anything that
/// must come after them.
/// </remarks>
[DebuggerDisplay("{Name,nq}: {Count} peers")]
[DebuggerTypeProxy(typeof(DebugView))]
internal sealed class Channel(string name) : IGathering
{
    // A longer message stands alone: nothing is gained by copying it.
    private const int LongestGathered = 1023;

    // Guarded by _lock, which is held while frames are handed out: every subscriber gets all of them in one order.
    private readonly Lock _lock = new();
    private Place[] _places = new Place[4];
    private int _count;
    private bool _isClosed;

    // What was published and not yet handed out; all of it leaves out the same subscriber.
    private SharedFrame? _gathered;
    private ISubscriber? _except;
    private Turn? _turn;

    public string Name => name;

    public int Count => Volatile.Read(ref _count);

    /// <summary>Who is in it, as it is now.</summary>
    public IMember[] Members
    {
        get
        {
            lock (_lock)
            {
                var members = new IMember[_count];
                for (var i = 0; i < _count; i++) members[i] = (IMember)_places[i].Subscriber.Owner;
                return members;
            }
        }
    }

    /// <summary>Adds a subscriber, who gets what is published from now on. Inside a turn.</summary>
    /// <returns>Null where the channel was closed because its last subscriber left: look it up again.</returns>
    public Subscription? Add(ISubscriber subscriber)
    {
        lock (_lock)
        {
            if (_isClosed) return null;
            HandOut();
            if (_count == _places.Length) Array.Resize(ref _places, _count * 2);
            var subscription = new Subscription(this, _count);
            _places[_count++] = new(subscriber, subscription);
            return subscription;
        }
    }

    /// <summary>Removes a subscriber that is there, and gets what was published before. Inside a turn.</summary>
    /// <returns>True where it was the last, which closes the channel.</returns>
    public bool Remove(Subscription subscription)
    {
        lock (_lock)
        {
            HandOut();
            var last = _places[--_count];
            _places[subscription.Index] = last;
            last.Subscription.Index = subscription.Index;
            _places[_count] = default;
            return _isClosed = _count == 0;
        }
    }

    /// <summary>Takes a frame for every subscriber but one; they have it when the turn ends. Nobody is waited for. Inside a turn.</summary>
    public void Publish(Turn turn, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, ISubscriber? except, bool compress, string? countedAs = null)
    {
        turn.HandOutOthers(than: this);
        lock (_lock)
        {
            if (_isClosed) return;
            var standsAlone = compress || payload.Length > LongestGathered;
            if (standsAlone || _except != except || _gathered is null || !SharedFrame.TryExtend(ref _gathered, header, payload, countedAs))
            {
                HandOut();
                (_gathered, _except) = (SharedFrame.Create(name, header, payload, compress, countedAs), except);
            }

            if (standsAlone) HandOut();
            else if (_turn != turn) (_turn = turn).Gather(this);
        }
    }

    /// <inheritdoc/>
    public void HandOut(ISubscriber? before)
    {
        lock (_lock)
        {
            if (before is null || before != _except) HandOut();
        }
    }

    private void HandOut()
    {
        if (_gathered is not { } frame) return;
        var except = _except;
        (_gathered, _except, _turn) = (null, null, null);
        using (Turn.OfThread.BeginHandingOut())
        {
            foreach (ref readonly var place in _places.AsSpan(0, _count))
            {
                if (place.Subscriber != except) place.Subscriber.Deliver(frame);
            }
        }

        frame.Release();
    }

    private ISubscriber[] Subscribers()
    {
        lock (_lock) return [.. _places[.._count].Select(static place => place.Subscriber)];
    }

    // The subscriber stands here, and not in its subscription, so that handing out looks at that and nothing before it.
    private readonly record struct Place(ISubscriber Subscriber, Subscription Subscription);

    // What a debugger shows of a channel: who is in it.
    private sealed class DebugView(Channel channel)
    {
        [DebuggerBrowsable(DebuggerBrowsableState.RootHidden)]
        public ISubscriber[] Subscribers => channel.Subscribers();
    }
}

/// <summary>One subscriber's place in one channel.</summary>
internal sealed class Subscription(Channel channel, int index)
{
    public Channel Channel => channel;

    /// <summary>Where it stands in the channel. Guarded by the channel's lock.</summary>
    public int Index { get; set; } = index;
}
