using System.Buffers;

namespace Peers.Channels;

/// <summary>
/// The numbers of every other node in one channel: finds what is missing, puts parts together, lets nothing through twice. Not
/// safe from several threads.
/// </summary>
/// <remarks>
/// <para>
/// Each node numbers what it publishes to a channel, and advertises its last number in heartbeats and answers. A number that is
/// known never decreases, whatever arrives late, and a number that was reported as
/// missing is never delivered: an exact gap names only what did not arrive.
/// </para>
/// <para>
/// What a node published between the beginning of the subscription and its first known number is covered by a question
/// (<see cref="SequenceState"/>). Where its answer does not prove that nothing is missing, the
/// answer is a gap of unknown extent.
/// </para>
/// </remarks>
internal sealed class SequenceTracker(string channel, int maxPartialBytes, PartialBudget budget, BackplaneOptions options, TimeProvider time)
{
    /// <summary>After how long without a publish a node may forget a channel's number, and begin anew above all that it forgot.</summary>
    public static readonly TimeSpan ForgetAfter = TimeSpan.FromMinutes(5);

    // A node that publishes cannot skip so many numbers: such a number is forged, and must not silence the node.
    private const long MaxSkipped = 1L << 32;

    // Nodes that are known, and as many that are not.
    private const int MaxTracked = 2 * ClusterMembership.MaxPresent;

    // An answer that takes longer does not prove that the node was reachable when the subscription began.
    private static readonly TimeSpan s_promptly = TimeSpan.FromSeconds(2);

    private TrackedNode[] _nodes = [];
    private int _count;
    private byte[]? _whole;
    private long _subscribedAt;
    private long _questionsBefore;

    // What a search returns that finds nothing.
    private TrackedNode _nothing;

    /// <summary>How many nodes have numbers here.</summary>
    public int Count => _count;

    /// <summary>Whether a number that was advertised has not arrived yet, or a question that was sent is not answered.</summary>
    public bool IsUnsettled { get; private set; }

    /// <summary>Whether the last message was rejected as one that no node would send. It has changed nothing.</summary>
    public bool IsRejected { get; private set; }

    /// <summary>The subscription begins: what is published from now on arrives or is reported.</summary>
    /// <param name="lastQuestion">The id of the last question before: its answers say nothing about this subscription.</param>
    public void Begin(long lastQuestion)
    {
        _subscribedAt = time.GetTimestamp();
        _questionsBefore = lastQuestion;
    }

    /// <summary>Takes a message or a part of one.</summary>
    /// <param name="header">Its header.</param>
    /// <param name="payload">What follows the header. Where this returns true: the whole message, borrowed until
    /// <see cref="Done"/>.</param>
    /// <param name="numbers">The numbers of the whole message, where this returns true.</param>
    /// <param name="gap">What is missing before it, or with it.</param>
    /// <returns>Whether a message is complete, and new.</returns>
    public bool TryTake(in RelayHeader header, ref ReadOnlySequence<byte> payload, out (long First, long Last) numbers, out ChannelGap? gap)
    {
        (gap, numbers) = (null, (header.Sequence, header.Sequence));
        ref var node = ref Find(header.Node, out var exists);
        IsRejected = exists ? SkipsTooMany(ref node, header) : _count >= MaxTracked;
        if (IsRejected) return false;
        if (!exists) node = ref Add(header.Node);
        var isFirst = !node.HasReceived && (!node.HasBaseline || header.Sequence <= node.Last);
        if (isFirst) BeginAt(ref node, header);
        if (header.Sequence <= node.Last) return false;

        node.HasReceived = true;
        if (header.Sequence > node.Last + 1) gap = Skip(ref node, header);
        node.Last = header.Sequence;
        if (header.Has(RelayFlags.First | RelayFlags.Last)) return true;
        if (header.Has(RelayFlags.First)) BeginPartial(ref node, header.Sequence);
        return TryJoin(ref node, header, ref payload, ref numbers, ref gap, isFirst);
    }

    /// <summary>Forgets the nodes that were unknown at the last call and still are: their heartbeats would have come by now.</summary>
    /// <param name="isKnown">Whether a node is known.</param>
    public void ForgetStrangers(Func<uint, bool> isKnown)
    {
        for (var i = _count - 1; i >= 0; i--)
        {
            var isStranger = !isKnown(_nodes[i].Node);
            if (isStranger && _nodes[i].IsStranger) Forget(_nodes[i].Node);
            else _nodes[i].IsStranger = isStranger;
        }
    }

    /// <summary>The message that was taken last is copied.</summary>
    public void Done()
    {
        if (_whole is not null) Buffers.Return(_whole);
        _whole = null;
    }

    /// <summary>A node begins, and so has published nothing here before.</summary>
    /// <returns>A gap where its first messages overtook this news and the very first is not among them.</returns>
    public ChannelGap? RegisterNode(uint node)
    {
        ref var tracked = ref Add(node);
        if (tracked.HasBaseline) return null;
        var gap = tracked.HasReceived && !tracked.IsFromStart ? tracked.Unknown(channel, first: 1) : (ChannelGap?)null;
        tracked.IsFromStart = true;
        tracked.Settle();
        return gap;
    }

    /// <summary>A node is asked for its number.</summary>
    public void Ask(uint node, SequenceQuestion question)
    {
        // The subscription began after this question, and has one of its own.
        if (question.Id <= _questionsBefore) return;
        Add(node).Ask(question);
        IsUnsettled = true;
    }

    /// <summary>A node that is lost is to be asked when it is heard again.</summary>
    /// <param name="node">The node.</param>
    /// <param name="since">When it was heard last, in ticks of the host's clock.</param>
    public void AskLater(uint node, long since)
    {
        ref var tracked = ref Add(node);
        if (tracked.State == SequenceState.Unknown) tracked.Hold(since);
    }

    /// <summary>A node advertises in a heartbeat which number it gave last.</summary>
    /// <remarks>
    /// The message may still be on its way: <see cref="FindOverdue"/> decides, a while later. A number is no substitute for the
    /// answer to an open question.
    /// </remarks>
    /// <returns>A gap where the node had trouble that concerns what preceded the first known number.</returns>
    public ChannelGap? AdvertiseSequence(uint node, in ChannelSequence sequence, long now)
    {
        ref var tracked = ref Find(node, out var exists);
        if (!exists || !(tracked.HasBaseline || tracked.HasReceived)) return null;
        Claim(ref tracked, sequence, now);
        return FindTrouble(ref tracked, sequence, now);
    }

    /// <summary>A node answers a question for its number.</summary>
    /// <param name="node">The node.</param>
    /// <param name="question">The id of the request that it answers.</param>
    /// <param name="answer">The number, and how long ago the node published to the channel and had trouble with it.</param>
    /// <param name="now">The time in ticks of the host's clock.</param>
    /// <returns>A gap where messages may be missing that no number names.</returns>
    public ChannelGap? Answer(uint node, long question, in ChannelSequence answer, long now)
    {
        ref var tracked = ref Find(node, out var exists);
        if (!exists || tracked.State == SequenceState.Unknown) return null;
        return tracked.State == SequenceState.Asked
            ? AnswerFirst(ref tracked, question, answer, now)
            : AnswerAgain(ref tracked, question, answer, now);
    }

    /// <summary>Finds what was advertised a while ago and has not arrived since.</summary>
    /// <param name="claimedBefore">The time before which it was advertised, in ticks of the host's clock.</param>
    /// <param name="gaps">Takes what is found.</param>
    public void FindOverdue(long claimedBefore, List<ChannelGap> gaps)
    {
        IsUnsettled = false;
        foreach (ref var tracked in _nodes.AsSpan(0, _count))
        {
            if (tracked.Question is { IsSent: true }) IsUnsettled = true;
            if (tracked.Claimed <= tracked.Last) continue;
            if (tracked.ClaimedAt > claimedBefore) IsUnsettled = true;
            else gaps.Add(LoseClaimed(ref tracked));
        }
    }

    /// <summary>The nodes that were asked before a point in time and have not answered.</summary>
    public void FindUnanswered(long askedBefore, List<(uint Node, long AskedAt)> nodes)
    {
        foreach (ref readonly var tracked in _nodes.AsSpan(0, _count))
        {
            if (tracked.Question is not { IsSent: true } question || question.AskedAt > askedBefore) continue;
            nodes.Add((tracked.Node, question.AskedAt));
        }
    }

    /// <summary>A node that did not answer is asked once more.</summary>
    /// <returns>False where it has answered.</returns>
    public bool AskAgain(uint node, SequenceQuestion question)
    {
        ref var tracked = ref Find(node, out var exists);
        if (!exists || tracked.Question is not { IsSent: true }) return false;
        tracked.AskAgain(question);
        return true;
    }

    /// <summary>A node was silent for too long. Its numbers are kept, and count when it is heard again.</summary>
    /// <param name="node">The node.</param>
    /// <param name="since">When it was heard last, in ticks of the host's clock.</param>
    /// <returns>What it published last, and may be missing; null where it has published nothing.</returns>
    public ChannelGap? LoseNode(uint node, long since)
    {
        ref var tracked = ref Find(node, out var exists);
        if (!exists) return null;
        var gap = tracked.LostAt(channel);
        if (tracked.Partial is not null) tracked.IsSkipping = true;
        tracked.DropPartial();
        tracked.Hold(since);
        return gap;
    }

    /// <summary>A node said goodbye: it answers no more.</summary>
    /// <param name="node">The node.</param>
    /// <param name="askedBefore">A question that was asked later is not counted as open: the goodbye itself followed all that the
    /// node published.</param>
    /// <returns>A gap where a question stays open for good.</returns>
    public ChannelGap? Leave(uint node, long askedBefore)
    {
        ref var tracked = ref Find(node, out var exists);
        if (!exists || tracked.Question is not { } question) return null;
        var isOpen = tracked.State == SequenceState.Verifying || !question.IsPrompt || question.AskedAt < askedBefore;
        ChannelGap? gap = isOpen ? tracked.Unknown(channel, tracked.FirstUnknown) : null;
        tracked.Settle();
        return gap;
    }

    /// <summary>A node's numbers are forgotten.</summary>
    /// <returns>
    /// What is missing of it: exactly where it was advertised; of unknown extent where the node was lost and did not come back,
    /// also where it had never published: its first message may have been lost with it.
    /// </returns>
    public ChannelGap? Forget(uint node)
    {
        ref var tracked = ref Find(node, out var exists);
        if (!exists) return null;
        var gap = tracked.Claimed > tracked.Last ? LoseClaimed(ref tracked)
            : tracked.Question is not null ? tracked.Unknown(channel, tracked.FirstUnknown) with { Cause = ChannelGapCause.NodeLost }
            : (ChannelGap?)null;
        tracked.DropPartial();
        tracked = _nodes[--_count];
        _nodes[_count] = default;
        return gap;
    }

    /// <summary>Forgets all nodes and returns what parts have gathered: a subscription begins or has ended.</summary>
    public void Clear()
    {
        foreach (ref var tracked in _nodes.AsSpan(0, _count)) tracked.DropPartial();
        (_nodes, _count, IsUnsettled) = ([], 0, false);
        _subscribedAt = time.GetTimestamp();
    }

    private static bool SkipsTooMany(ref TrackedNode node, in RelayHeader header) =>
        (node.HasBaseline || node.HasReceived) && header.Sequence - MaxSkipped > Math.Max(node.Last, node.Claimed);

    // The first message of a node: whether something preceded it, the answer to a question tells. A node that numbers the channel
    // anew has not published to it for minutes.
    private void BeginAt(ref TrackedNode node, in RelayHeader header)
    {
        node.Last = header.Sequence - 1;
        node.IsFromStart |= header.Sequence == 1 || (header.Has(RelayFlags.Fresh) && time.GetElapsedTime(_subscribedAt) < ForgetAfter);
    }

    // What lies between the last number and this one is missing, unless the node begins anew: then its numbers just grew.
    private ChannelGap? Skip(ref TrackedNode node, in RelayHeader header)
    {
        var isFresh = header.Has(RelayFlags.Fresh);
        ChannelGap? gap = !isFresh ? node.Lost(channel, header.Sequence - 1)
            : node.Partial is not null ? node.Lost(channel, node.Last)
            : node.Question is { } question && time.GetElapsedTime(question.Since) >= ForgetAfter ? node.Unknown(channel, node.Last + 1)
            : null;
        node.DropPartial();
        node.IsSkipping = false;
        return gap;
    }

    private void BeginPartial(ref TrackedNode node, long sequence)
    {
        node.DropPartial();
        (node.Partial, node.IsSkipping) = (new(sequence, budget), false);
    }

    private bool TryJoin(
        ref TrackedNode node, in RelayHeader header, ref ReadOnlySequence<byte> payload, ref (long First, long Last) numbers, ref ChannelGap? gap, bool isFirst)
    {
        // The subscription began in the middle of a message: that one was never promised.
        if (isFirst && node.Partial is null) node.IsSkipping = true;
        if (node.IsSkipping) return false;
        if (node.Partial is not { } partial || partial.Length + payload.Length > maxPartialBytes || !partial.TryAdd(payload))
        {
            var lost = node.Lost(channel, header.Sequence);
            gap = gap?.Cover(lost) ?? lost;
            node.DropPartial();
            return false;
        }

        if (!header.Has(RelayFlags.Last)) return false;
        numbers = (partial.First, header.Sequence);
        payload = partial.TakeWhole(out _whole);
        node.Partial = null;
        return true;
    }

    private ChannelGap? AnswerFirst(ref TrackedNode tracked, long question, in ChannelSequence answer, long now)
    {
        // An older answer precedes the subscription, or the node's numbers were forgotten since.
        var open = tracked.Question!;
        if (!open.IsSent || question < open.FirstId) return null;
        var isPrompt = open.IsPromptAnswer(question);
        tracked.Settle();
        if (answer is { Sequence: 0, IsFresh: false }) tracked.IsFromStart = true;
        ChannelGap? gap = tracked.IsFromStart || IsComplete(answer, isPrompt, now) ? null : tracked.Unknown(channel, first: null);
        if (tracked.HasReceived) Claim(ref tracked, answer, now);
        else tracked.Last = answer.Sequence;
        return gap;
    }

    // Nothing is missing where nothing was published since the subscription began, or where the node was reachable all the time.
    private bool IsComplete(in ChannelSequence answer, bool isPrompt, long now)
    {
        var subscribed = time.GetElapsedTime(_subscribedAt, now);
        return answer.Idle > subscribed || (isPrompt && subscribed <= s_promptly && answer.Trouble > subscribed);
    }

    private ChannelGap? AnswerAgain(ref TrackedNode tracked, long question, in ChannelSequence answer, long now)
    {
        Claim(ref tracked, answer, now);
        if (tracked.Question is not { IsSent: true } open || question < open.FirstId) return FindTrouble(ref tracked, answer, now);

        tracked.Settle();

        // The node forgot the channel's number. It had published before it was lost sight of, or nobody knows what.
        if (answer.IsFresh && answer.Idle <= time.GetElapsedTime(open.Since, now)) return tracked.Unknown(channel, tracked.Next);
        return FindTrouble(ref tracked, answer, now);
    }

    // The first number that is known was advertised by the node, after it may have failed to publish: what it lost before that
    // has no number here.
    private ChannelGap? FindTrouble(ref TrackedNode tracked, in ChannelSequence sequence, long now)
    {
        var subscribed = time.GetElapsedTime(_subscribedAt, now);
        var isYoung = subscribed <= options.NodeTimeout + s_promptly;
        if (tracked.IsFromStart || tracked.IsTroubleReported || sequence.Trouble > subscribed || !isYoung) return null;
        tracked.IsTroubleReported = true;
        return tracked.Unknown(channel, first: null);
    }

    private void Claim(ref TrackedNode tracked, in ChannelSequence sequence, long now)
    {
        var known = Math.Max(tracked.Last, tracked.Claimed);
        if (sequence.IsFresh || sequence.Sequence <= known || (known > 0 && sequence.Sequence - MaxSkipped > known)) return;
        if (tracked.Claimed <= tracked.Last) tracked.ClaimedAt = now;
        tracked.Claimed = sequence.Sequence;
        IsUnsettled = true;
    }

    private ChannelGap LoseClaimed(ref TrackedNode tracked)
    {
        var gap = tracked.Lost(channel, tracked.Claimed);
        tracked.DropPartial();
        (tracked.Last, tracked.HasReceived, tracked.IsSkipping) = (tracked.Claimed, true, false);
        return gap;
    }

    private ref TrackedNode Add(uint node)
    {
        ref var found = ref Find(node, out var exists);
        if (exists) return ref found;
        if (_count == _nodes.Length) Array.Resize(ref _nodes, Math.Max(2, _count * 2));
        _nodes[_count] = new() { Node = node };
        return ref _nodes[_count++];
    }

    private ref TrackedNode Find(uint node, out bool exists)
    {
        for (var i = 0; i < _count; i++)
        {
            if (_nodes[i].Node != node) continue;
            exists = true;
            return ref MoveForward(i);
        }

        exists = false;
        return ref _nothing;
    }

    // Nodes that publish stand before those that were lost long ago.
    private ref TrackedNode MoveForward(int index)
    {
        const int near = 8;
        if (index < near) return ref _nodes[index];
        var forward = index / 2;
        (_nodes[index], _nodes[forward]) = (_nodes[forward], _nodes[index]);
        return ref _nodes[forward];
    }
}
