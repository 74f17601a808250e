using System.Collections.Concurrent;

namespace Peers.Channels;

/// <summary>
/// How nodes agree on numbers: asks others for the last number of each channel that is subscribed here, repeats what is not
/// answered, compares what they advertise, and reports what is missing.
/// </summary>
/// <remarks>
/// Safe from any thread; <see cref="Beat"/> is called by one at a time. Each channel's tracker is guarded by
/// <see cref="Interest.Gate"/>.
/// </remarks>
internal sealed class SequenceExchange(
    InterestSet interests,
    ClusterMembership membership,
    OutgoingQueue outgoing,
    BackplaneOptions options,
    TimeProvider time,
    IControlSender sender)
{
    // About so many bytes of names go in one message.
    private const int MaxNameBytes = 32 * 1024;

    // So many subscriptions ask at once, between two heartbeats; what is beyond that goes together with the next one.
    private const int AsksAtOnce = 16;

    // What a node advertised may arrive so much later than the advertisement.
    private static readonly TimeSpan s_grace = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan s_longestRepeat = TimeSpan.FromSeconds(1);

    private readonly ConcurrentQueue<Interest> _toAsk = new();
    private readonly ConcurrentDictionary<uint, long> _toVerify = new();
    private readonly ConcurrentDictionary<Interest, bool> _unsettled = new();
    private readonly TimeSpan _repeatAfter = options.HeartbeatInterval < s_longestRepeat ? options.HeartbeatInterval : s_longestRepeat;
    private long _lastQuestion;
    private int _asksLeft = AsksAtOnce;

    // Beat only.
    private readonly List<ChannelGap> _missing = [];
    private readonly List<(uint Node, long AskedAt)> _unanswered = [];

    /// <summary>The backplane has a channel's subscription, which counts from now on. Under <see cref="Interest.Gate"/>.</summary>
    public void Begin(Interest interest) => interest.Tracker.Begin(Volatile.Read(ref _lastQuestion));

    /// <summary>
    /// The backplane has a channel's subscription: every node is asked for its number, lost ones when they are heard again.
    /// </summary>
    public void Subscribed(Interest interest)
    {
        _toAsk.Enqueue(interest);
        if (Interlocked.Decrement(ref _asksLeft) >= 0) AskNew();
    }

    /// <summary>Repeats, compares and reports what is due.</summary>
    /// <param name="now">The time in ticks of the host's clock.</param>
    /// <param name="pauses">Whether this process ran without a pause: otherwise what is queued is read first.</param>
    public void Beat(long now, PauseDetector pauses)
    {
        Volatile.Write(ref _asksLeft, AsksAtOnce);
        AskNew();
        VerifyPending();
        if (!pauses.HasRunFor(s_grace)) return;
        foreach (var (interest, _) in _unsettled) Check(interest, now);
        AskAgain(now);
    }

    /// <summary>A node begins: it has published nothing before.</summary>
    public void Register(uint node)
    {
        ForEach(node, static (tracker, node) => tracker.RegisterNode(node));
    }

    /// <summary>Asks a node for the numbers of all channels, at once.</summary>
    /// <param name="node">The node.</param>
    /// <param name="since">From when on its messages may be missing, in ticks of the host's clock.</param>
    /// <param name="isPrompt">Whether it is known to have been reachable all the time.</param>
    public void Verify(uint node, long since, bool isPrompt = false)
    {
        var id = Interlocked.Increment(ref _lastQuestion);
        var question = new SequenceQuestion(id, id, time.GetTimestamp(), since, isPrompt);
        List<string> names = [];
        foreach (var interest in interests.All)
        {
            if (!IsFollowed(interest)) continue;
            lock (interest.Gate) interest.Tracker.Ask(node, question);
            _unsettled.TryAdd(interest, true);
            names.Add(interest.WireName);
        }

        Send(WireName.Inbox(node), id, names);
    }

    /// <summary>Has the next heartbeat ask a node for the numbers of all channels: messages of it are missing, or may be.</summary>
    public void VerifyLater(uint node)
    {
        if (membership.IsPresent(node, out var heardAt)) _toVerify.TryAdd(node, heardAt);
    }

    /// <summary>Has the next heartbeat ask every node for the numbers of all channels.</summary>
    public void VerifyAllLater()
    {
        foreach (var node in membership.Present) VerifyLater(node);
    }

    /// <summary>A node was silent for too long. Its numbers are kept.</summary>
    public void LoseNode(uint node, long heardAt)
    {
        _toVerify.TryRemove(node, out _);
        ForEach((node, heardAt), static (tracker, lost) => tracker.LoseNode(lost.node, lost.heardAt));
    }

    /// <summary>Another node has heard a node that this one has never heard: it is to be asked when it is.</summary>
    public void AskLater(uint node, long heardAt) => ForEach(
        (node, heardAt),
        static (tracker, expected) =>
        {
            tracker.AskLater(expected.node, expected.heardAt);
            return null;
        });

    /// <summary>A node said goodbye: what was asked of it stays unanswered.</summary>
    public void Leave(uint node)
    {
        var askedBefore = time.GetTimestamp() - Ticks(s_grace);
        ForEach((node, askedBefore), static (tracker, left) => tracker.Leave(left.node, left.askedBefore));
    }

    /// <summary>A node's numbers are forgotten.</summary>
    public void Forget(uint node)
    {
        ForEach(node, static (tracker, node) => tracker.Forget(node));
        foreach (var interest in interests.All)
        {
            if (!WireName.IsOurs(interest.WireName)) continue;
            lock (interest.Gate) interest.Tracker.Forget(node);
        }
    }

    /// <summary>Forgets the numbers of nodes that send messages and no heartbeats.</summary>
    public void ForgetStrangers()
    {
        var known = membership.Count;
        foreach (var interest in interests.All)
        {
            lock (interest.Gate)
            {
                if (interest.Tracker.Count > known) interest.Tracker.ForgetStrangers(membership.IsKnown);
            }
        }
    }

    /// <summary>A node advertises its numbers in a heartbeat.</summary>
    public void TakeAdvertised(uint node, ref ControlReader reader) => Take(node, question: null, ref reader);

    /// <summary>A node answers what this one asked.</summary>
    public void TakeAnswer(uint node, ref ControlReader reader) => Take(node, reader.Int64(), ref reader);

    /// <summary>Another node asks for numbers.</summary>
    public void AnswerAsk(uint node, ref ControlReader reader)
    {
        var answer = new ControlWriter(ControlKind.Sequences).Write(reader.Int64());
        while (!reader.IsAtEnd)
        {
            var wireName = reader.Text();
            if (reader.IsBroken) return;
            answer.Write(outgoing.Ask(wireName));
        }

        sender.Send(WireName.Inbox(node), answer);
    }

    private static bool IsFollowed(Interest interest) => interest.IsSubscribed && !WireName.IsOurs(interest.WireName);

    private void ForEach<T>(T argument, Func<SequenceTracker, T, ChannelGap?> change)
    {
        foreach (var interest in interests.All)
        {
            if (!IsFollowed(interest)) continue;
            ChannelGap? gap;
            lock (interest.Gate) gap = change(interest.Tracker, argument);
            if (gap is { } found) sender.Report(interest, found);
        }
    }

    private void AskNew()
    {
        if (_toAsk.IsEmpty) return;
        List<Interest> asking = [];
        while (_toAsk.TryDequeue(out var interest))
        {
            if (interest.IsSubscribed) asking.Add(interest);
        }

        // Later than the beginning of each of these subscriptions.
        var id = Interlocked.Increment(ref _lastQuestion);
        var now = time.GetTimestamp();
        var question = new SequenceQuestion(id, id, now, now, IsPrompt: true);
        var (present, lost) = (membership.Present, membership.Lost);
        foreach (var interest in asking) Open(interest, question, present, lost);
        Send(WireName.Nodes, id, asking.ConvertAll(static interest => interest.WireName));
    }

    private void Open(Interest interest, SequenceQuestion question, uint[] present, (uint Node, long HeardAt)[] lost)
    {
        lock (interest.Gate)
        {
            foreach (var node in present) interest.Tracker.Ask(node, question);
            foreach (var (node, heardAt) in lost) interest.Tracker.AskLater(node, heardAt);
        }

        _unsettled.TryAdd(interest, true);
    }

    private void VerifyPending()
    {
        foreach (var (node, _) in _toVerify)
        {
            if (_toVerify.TryRemove(node, out var since) && membership.IsPresent(node, out _)) Verify(node, since);
        }
    }

    private void Check(Interest interest, long now)
    {
        _unsettled.TryRemove(interest, out _);
        lock (interest.Gate)
        {
            interest.Tracker.FindOverdue(now - Ticks(s_grace), _missing);
            if (interest.Tracker.IsUnsettled) _unsettled.TryAdd(interest, true);
        }

        foreach (var gap in _missing) sender.Report(interest, gap);
        _missing.Clear();
    }

    // A node that was heard since it was asked is there, and the request or its answer was lost. A node that is silent is not
    // asked in vain.
    private void AskAgain(long now)
    {
        Dictionary<uint, List<Interest>>? silent = null;
        foreach (var (interest, _) in _unsettled)
        {
            _unanswered.Clear();
            lock (interest.Gate) interest.Tracker.FindUnanswered(now - Ticks(_repeatAfter), _unanswered);
            foreach (var (node, askedAt) in _unanswered)
            {
                if (!membership.IsPresent(node, out var heardAt) || heardAt < askedAt) continue;
                silent ??= [];
                if (!silent.TryGetValue(node, out var unanswered)) silent[node] = unanswered = [];
                unanswered.Add(interest);
            }
        }

        if (silent is null) return;
        foreach (var (node, unanswered) in silent) AskAgain(node, unanswered, now);
    }

    private void AskAgain(uint node, List<Interest> unanswered, long now)
    {
        var id = Interlocked.Increment(ref _lastQuestion);
        var question = new SequenceQuestion(id, id, now, now, IsPrompt: false);
        List<string> names = [];
        foreach (var interest in unanswered)
        {
            lock (interest.Gate)
            {
                if (interest.Tracker.AskAgain(node, question)) names.Add(interest.WireName);
            }
        }

        Send(WireName.Inbox(node), id, names);
    }

    private void Send(string to, long id, List<string> names)
    {
        var ask = new ControlWriter(ControlKind.Ask).Write(id);
        var empty = ask.Written.Length;
        foreach (var name in names)
        {
            ask.Write(name);
            if (ask.Written.Length < MaxNameBytes) continue;
            sender.Send(to, ask);
            ask = new ControlWriter(ControlKind.Ask).Write(id);
        }

        if (ask.Written.Length > empty) sender.Send(to, ask);
    }

    private void Take(uint node, long? question, ref ControlReader reader)
    {
        var now = time.GetTimestamp();
        while (!reader.IsAtEnd)
        {
            var sequence = reader.Sequence();
            if (reader.IsBroken) return;
            if (!interests.TryFind(sequence.WireName, out var interest) || !IsFollowed(interest)) continue;
            Take(interest, node, question, sequence, now);
        }
    }

    private void Take(Interest interest, uint node, long? question, in ChannelSequence sequence, long now)
    {
        ChannelGap? gap;
        lock (interest.Gate)
        {
            gap = question is { } id
                ? interest.Tracker.Answer(node, id, sequence, now)
                : interest.Tracker.AdvertiseSequence(node, sequence, now);
            if (interest.Tracker.IsUnsettled) _unsettled.TryAdd(interest, true);
        }

        if (gap is { } found) sender.Report(interest, found);
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);
}

/// <summary>What the exchange of numbers needs of the relay.</summary>
internal interface IControlSender
{
    /// <summary>Queues a message to all nodes or to one node's inbox.</summary>
    /// <returns>False where it does not fit.</returns>
    bool Send(string to, ControlWriter message);

    /// <summary>Reports a gap to the subscribers of a channel.</summary>
    void Report(Interest interest, in ChannelGap gap);
}
