using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Peers.Channels;

/// <summary>Which channels this node hears of others: those with subscribers here, and for a while those that had some. Safe from any thread.</summary>
/// <remarks>
/// Nobody tells it what to do, only that something changed: it looks how things are, does what is missing, and looks again. So whatever races, it settles right, and no
/// lock is held while the backplane works.
/// </remarks>
internal sealed class InterestSet(ChannelRegistry channels, IBackplane backplane, BackplaneOptions options, TimeProvider time, IRelayOwner owner, Action<Interest> subscribing, Action<Interest> subscribed)
{
    // Members of a cluster may send long messages at the same time, each within MaxIncomingBytes.
    private const int PartialsAtOnce = 4;

    private const int MostTries = 8;

    private readonly ConcurrentDictionary<string, Interest> _byWireName = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<Interest> _lingering = new();
    private readonly ConcurrentQueue<Interest> _failed = new();
    private readonly CancellationTokenSource _closing = new();
    private volatile bool _isOpen;
    private volatile bool _isFailing;

    // Guarded by _settlingLock.
    private readonly Lock _settlingLock = new();
    private int _settling;
    private TaskCompletionSource? _settled;

    /// <summary>What unfinished messages of all channels hold.</summary>
    public PartialBudget Partials { get; } = new((long)PartialsAtOnce * options.MaxIncomingBytes);

    /// <summary>All of them, as they are now.</summary>
    public IEnumerable<Interest> All
    {
        get
        {
            foreach (var (_, interest) in _byWireName) yield return interest;
        }
    }

    /// <summary>Finds one by the name that it has on the backplane.</summary>
    public bool TryFind(string wireName, [NotNullWhen(true)] out Interest? interest) => _byWireName.TryGetValue(wireName, out interest);

    /// <summary>Subscribes to a name of the nodes' own, for good.</summary>
    public async ValueTask OpenAsync(string wireName, CancellationToken cancellationToken)
    {
        var interest = _byWireName.GetOrAdd(wireName, name => new(name, name, options, time, Partials));
        if (interest.IsSubscribed) return;
        await backplane.SubscribeAsync(wireName, cancellationToken);
        interest.IsSubscribed = true;
    }

    /// <summary>Begins to follow the channels of this node, those first that have subscribers already.</summary>
    public void Open()
    {
        _isOpen = true;
        foreach (var channel in channels.Names) Joined(channel);
    }

    /// <summary>Stops: nothing is asked of the backplane any more.</summary>
    public void Close()
    {
        _isOpen = false;
        _closing.Cancel();
    }

    /// <summary>A channel has a subscriber here, perhaps its first.</summary>
    public void Joined(string channel)
    {
        if (!_isOpen) return;
        var wireName = WireName.Of(channel);
        while (true)
        {
            var interest = _byWireName.TryGetValue(wireName, out var found) ? found : _byWireName.GetOrAdd(wireName, new Interest(channel, wireName, options, time, Partials));
            if (interest.IsSubscribed || TrySettle(interest)) return;
        }
    }

    /// <summary>A channel has lost its last subscriber here, perhaps not for long.</summary>
    public void Left(string channel)
    {
        if (!_isOpen || !_byWireName.TryGetValue(WireName.Of(channel), out var interest)) return;
        lock (interest.Gate)
        {
            interest.LingersUntil = time.GetTimestamp() + (long)(options.Linger.TotalSeconds * time.TimestampFrequency);
            if (interest.IsLingering) return;
            interest.IsLingering = true;
        }

        _lingering.Enqueue(interest);
    }

    /// <summary>Completes when nothing is asked of the backplane, which may be over by then. What failed and waits is not waited for.</summary>
    public Task WhenSettled()
    {
        lock (_settlingLock)
        {
            if (_settling == 0) return Task.CompletedTask;
            return (_settled ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Does what is due: unsubscribes from what lingered long enough, tries again what failed.</summary>
    public void Beat(long now)
    {
        // While the server takes none, a few try for all.
        for (var left = _isFailing ? Math.Min(_failed.Count, MostTries) : _failed.Count; left > 0 && _failed.TryDequeue(out var failed); left--) Retry(failed);
        for (var left = _lingering.Count; left > 0 && _lingering.TryDequeue(out var interest); left--)
        {
            if (IsLingering(interest, now)) _lingering.Enqueue(interest);
            else TrySettle(interest);
        }
    }

    private static bool IsLingering(Interest interest, long now)
    {
        lock (interest.Gate) return interest.IsLingering = interest.LingersUntil > now;
    }

    private void Retry(Interest interest)
    {
        lock (interest.Gate) interest.IsPostponed = false;
        TrySettle(interest);
    }

    // False where it was removed: look it up again. A subscription that was rejected is retried by the heartbeat alone: during an outage a thousand peers
    // that join cost the server no more than one.
    private bool TrySettle(Interest interest)
    {
        lock (interest.Gate)
        {
            if (interest.IsRemoved) return false;
            if (interest.IsSettling || interest.IsPostponed) return true;
            interest.IsSettling = true;
        }

        lock (_settlingLock) _settling++;

        // Whoever joins may hold a lock, and the backplane is foreign.
        ThreadPool.UnsafeQueueUserWorkItem(static state => _ = state.Set.SettleAsync(state.Interest), (Set: this, Interest: interest), preferLocal: false);
        return true;
    }

    private async Task SettleAsync(Interest interest)
    {
        await TakeStepsAsync(interest);
        lock (_settlingLock)
        {
            if (--_settling > 0) return;
            _settled?.TrySetResult();
            _settled = null;
        }
    }

    private async Task TakeStepsAsync(Interest interest)
    {
        while (TryNext(interest, out var isWanted))
        {
            try
            {
                if (isWanted) await backplane.SubscribeAsync(interest.WireName, _closing.Token);
                else await backplane.UnsubscribeAsync(interest.WireName, _closing.Token);
            }
            catch (Exception exception)
            {
                if (isWanted)
                {
                    Postpone(interest, exception);
                    return;
                }
            }

            _isFailing = false;
            lock (interest.Gate)
            {
                if (isWanted) subscribing(interest);
                interest.IsSubscribed = isWanted;
            }

            if (isWanted) subscribed(interest);
        }
    }

    // Whether something is to be done, and what. Where nothing is and nobody wants it, it is gone.
    private bool TryNext(Interest interest, out bool isWanted)
    {
        lock (interest.Gate)
        {
            isWanted = channels.HasSubscribers(interest.Name) || interest.IsLingering;
            if (_isOpen && isWanted != interest.IsSubscribed)
            {
                // What came before a subscription says nothing about what comes with it.
                if (isWanted) interest.Tracker.Clear();
                return true;
            }

            interest.IsSettling = false;
            if (isWanted || interest.IsSubscribed) return false;
            interest.IsRemoved = true;
            interest.Tracker.Clear();
            _byWireName.TryRemove(new(interest.WireName, interest));
            return false;
        }
    }

    private void Postpone(Interest interest, Exception exception)
    {
        lock (interest.Gate) (interest.IsSettling, interest.IsPostponed) = (false, true);
        if (!_isOpen) return;
        _isFailing = true;
        if (channels.HasSubscribers(interest.Name)) owner.SubscribeFailed(interest.Name, exception);
        _failed.Enqueue(interest);
    }
}
