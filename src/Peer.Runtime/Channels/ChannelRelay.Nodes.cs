namespace Peers.Channels;

// Membership: which other nodes are there, and what becomes of their numbers when they join, leave, are lost and return.
internal sealed partial class ChannelRelay
{
    private static readonly TimeSpan s_forgetting = TimeSpan.FromMinutes(1);

    // A node that begins is greeted at once. The first that it hears of another node later than this is no greeting, and its own
    // first heartbeat was lost.
    private static readonly TimeSpan s_greeting = TimeSpan.FromMilliseconds(400);

    private long _openedAt;

    // Beat only.
    private readonly PauseDetector _pauses;
    private long _nextHeartbeat;
    private long _nextForgetting;
    private long _nextStrangers;

    /// <summary>Does what is due. Called by the host's heartbeat, one call at a time.</summary>
    public void Beat(long now)
    {
        if (!_isOpen) return;
        _pauses.Beat(now);
        _interests.Beat(now);
        _sequences.Beat(now, _pauses);
        if (now >= _nextHeartbeat)
        {
            _nextHeartbeat = now + Ticks(_options.HeartbeatInterval);
            SendHeartbeat();
            JudgeNodes();
        }

        if (now >= _nextStrangers)
        {
            _nextStrangers = now + Ticks(_options.NodeTimeout);
            _sequences.ForgetStrangers();
        }

        if (now < _nextForgetting) return;
        _nextForgetting = now + Ticks(s_forgetting);
        _outgoing.Forget();
    }

    private void JudgeNodes()
    {
        // After a pause of this process, what the others sent meanwhile is read before they count as silent.
        if (_pauses.HasRunFor(_options.NodeTimeout))
        {
            foreach (var (node, heardAt) in _membership.LoseSilent()) Lose(node, heardAt);
            foreach (var (node, heardAt) in _membership.LoseExpected()) _sequences.AskLater(node, heardAt);
        }

        foreach (var node in _membership.TakeLeft()) _sequences.Forget(node);
        foreach (var node in _membership.TakeExpired()) _sequences.Forget(node);
    }

    private void SendHeartbeat()
    {
        List<ChannelSequence> changed = [];
        var flags = _outgoing.TakeChanged(changed) ? HeartbeatFlags.Interrupted : HeartbeatFlags.None;
        var heartbeat = Heartbeat(flags);
        foreach (var sequence in changed)
        {
            heartbeat.Write(sequence);
            if (heartbeat.Written.Length < MaxNameBytes) continue;
            Send(WireName.Nodes, heartbeat);
            heartbeat = Heartbeat(flags);
        }

        Send(WireName.Nodes, heartbeat);
    }

    private static ControlWriter Heartbeat(HeartbeatFlags flags) => new ControlWriter(ControlKind.Heartbeat).Write((byte)flags);

    // On the thread that delivers what arrived; one at a time. Whatever a message is, the next one is handled too.
    private void TakeControl(Incoming incoming)
    {
        try
        {
            TakeControlOf(incoming);
        }
        catch (Exception)
        {
            _owner.NotUnderstood(incoming.Interest.Name);
        }
    }

    private void TakeControlOf(Incoming incoming)
    {
        if (_isClosed) return;
        var reader = new ControlReader(incoming.Control);
        var kind = (ControlKind)reader.Byte();
        if (kind == ControlKind.Goodbye) Leave(incoming.Node);
        else if (!TryHear(incoming, kind)) return;

        switch (kind)
        {
            case ControlKind.Heartbeat:
                TakeHeartbeat(incoming.Node, ref reader);
                break;
            case ControlKind.Sequences:
                _sequences.TakeAnswer(incoming.Node, ref reader);
                break;
            case ControlKind.Ask:
                _sequences.AnswerAsk(incoming.Node, ref reader);
                break;
            case ControlKind.Greeting:
                TakeGreeting(ref reader);
                break;
            case ControlKind.Question:
                TakeQuestion(incoming.Node, ref reader);
                break;
            case ControlKind.Answer:
                TakeAnswer(incoming.Node, ref reader);
                break;
            case ControlKind.Refusal:
                TakeRefusal(incoming.Node, ref reader);
                break;
        }

        if (reader.IsBroken) _owner.NotUnderstood(incoming.Interest.Name);
    }

    // False where the node is one too many.
    private bool TryHear(in Incoming incoming, ControlKind kind)
    {
        var node = incoming.Node;
        var hearing = _membership.RecordHeartbeat(node, out var heardBefore);
        if (hearing == Hearing.Refused)
        {
            _owner.NotUnderstood(incoming.Interest.Name);
            return false;
        }

        if (hearing == Hearing.Ignored) return true;
        if (hearing != Hearing.Known) _owner.NodeChanged(node, NodeChange.Joined);
        if (incoming.IsFirst && kind == ControlKind.Heartbeat) Greet(node);
        else if (hearing == Hearing.Returned) _sequences.Verify(node, since: heardBefore);
        else if (hearing == Hearing.Joined) _sequences.Verify(node, since: _openedAt, isPrompt: IsGreeting(kind));
        return true;
    }

    // A node that begins has published nothing before. It hears of this node at once, and not with the next heartbeat; and of the
    // other nodes, because one may be cut off just now and never return.
    private void Greet(uint node)
    {
        var greeting = new ControlWriter(ControlKind.Greeting);
        var now = _time.GetTimestamp();
        foreach (var (other, heardAt) in _membership.All)
        {
            if (other != node) greeting.Write((int)other).Write(_time.GetElapsedTime(heardAt, now));
        }

        Send(WireName.Inbox(node), greeting);
        _sequences.Register(node);
    }

    // Whether a node that is heard for the first time has heard this one begin. Otherwise it was out of reach, and may have
    // published meanwhile.
    private bool IsGreeting(ControlKind kind) => kind == ControlKind.Greeting || _time.GetElapsedTime(_openedAt) < s_greeting;

    private void TakeGreeting(ref ControlReader reader)
    {
        var now = _time.GetTimestamp();
        while (!reader.IsAtEnd)
        {
            var (node, age) = ((uint)reader.Int32(), reader.Span());
            if (reader.IsBroken) return;
            if (node != _node && age < _options.NodeMemory) _membership.Expect(node, now - Ticks(age));
        }
    }

    private void TakeHeartbeat(uint node, ref ControlReader reader)
    {
        var flags = (HeartbeatFlags)reader.Byte();
        if ((flags & HeartbeatFlags.Interrupted) != HeartbeatFlags.None) _sequences.VerifyLater(node);
        _sequences.TakeAdvertised(node, ref reader);
    }

    // Its numbers count a while longer: its goodbye may have overtaken what it published.
    private void Leave(uint node)
    {
        var isRemembered = _membership.Leave(node, out var wasPresent);
        _sequences.Leave(node);
        if (!isRemembered) _sequences.Forget(node);
        if (wasPresent) _owner.NodeChanged(node, NodeChange.Left);
    }

    private void Lose(uint node, long heardAt)
    {
        _owner.NodeChanged(node, NodeChange.Lost);
        _sequences.LoseNode(node, heardAt);
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * _time.TimestampFrequency);
}
