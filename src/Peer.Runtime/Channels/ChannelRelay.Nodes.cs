using System.Collections.Concurrent;

namespace Peers.Channels;

// What nodes tell each other: that they are there, and which numbers they gave last.
internal sealed partial class ChannelRelay
{
    // So many bytes of names go in one message, about.
    private const int MostAsked = 32 * 1024;

    // What was claimed may be overtaken by what it claims for so long.
    private static readonly TimeSpan s_grace = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan s_forgetting = TimeSpan.FromMinutes(1);

    private readonly ConcurrentQueue<Interest> _toAsk = new();
    private readonly ConcurrentDictionary<Interest, bool> _behind = new();

    // Beat only.
    private readonly List<ChannelSequence> _changed = [];
    private readonly List<ChannelGap> _missing = [];
    private long _nextHeartbeat;
    private long _nextForgetting;

    /// <summary>Does what is due. Called by the host's heartbeat, one call at a time.</summary>
    public void Beat(long now)
    {
        if (!_isOpen) return;
        _interests.Beat(now);
        AskNew();
        Check(now);
        if (now >= _nextHeartbeat)
        {
            _nextHeartbeat = now + Ticks(_options.HeartbeatInterval);
            SendHeartbeat();
            foreach (var node in _nodes.RemoveSilent(_options.NodeTimeout)) Lose(node);
            foreach (var node in _nodes.TakeForgotten(_options.NodeTimeout)) Forget(node);
        }

        if (now < _nextForgetting) return;
        _nextForgetting = now + Ticks(s_forgetting);
        _outgoing.Forget();
    }

    // What was published before is nobody's loss; from now on other nodes' numbers count.
    private void Subscribed(Interest interest) => _toAsk.Enqueue(interest);

    private void AskNew()
    {
        if (_toAsk.IsEmpty) return;
        var names = new List<string>();
        while (_toAsk.TryDequeue(out var interest)) names.Add(interest.WireName);
        SendAsk(WireName.Nodes, names);
    }

    private void AskAll(uint? node)
    {
        var names = _interests.All.Where(interest => interest.IsSubscribed && !WireName.IsOurs(interest.WireName)).Select(interest => interest.WireName);
        SendAsk(node is { } one ? WireName.Inbox(one) : WireName.Nodes, names);
    }

    private void SendAsk(string to, IEnumerable<string> names)
    {
        var ask = new ControlWriter(ControlKind.Ask);
        foreach (var name in names)
        {
            ask.Write(name);
            if (ask.Written.Length < MostAsked) continue;
            Send(to, ask);
            ask = new(ControlKind.Ask);
        }

        if (ask.Written.Length > 1) Send(to, ask);
    }

    private void SendHeartbeat()
    {
        _changed.Clear();
        _outgoing.TakeChanged(_changed);
        var heartbeat = new ControlWriter(ControlKind.Heartbeat);
        foreach (var sequence in _changed)
        {
            heartbeat.Write(sequence);
            if (heartbeat.Written.Length < MostAsked) continue;
            Send(WireName.Nodes, heartbeat);
            heartbeat = new(ControlKind.Heartbeat);
        }

        Send(WireName.Nodes, heartbeat);
    }

    // False where it does not fit.
    private bool Send(string to, ControlWriter message)
    {
        // Nothing follows the goodbye.
        if (_isLeaving) return true;
        _isLeaving = message.Kind == ControlKind.Goodbye;
        if (!_outgoing.TryAdd(to, RelayFlags.Control, message.Written, out var wakes))
        {
            _owner.OutgoingDropped(to);
            return false;
        }

        if (wakes) _pump.Wake();
        return true;
    }

    // On the thread that hands on what came; one at a time. Whatever came, the next is handed on too.
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
        else if (_nodes.Hear(incoming.Node)) Meet(incoming.Node, isBeginning: incoming.IsFirst && kind == ControlKind.Heartbeat);

        switch (kind)
        {
            case ControlKind.Heartbeat or ControlKind.Sequences:
                TakeSequences(incoming.Node, ref reader);
                break;
            case ControlKind.Ask:
                AnswerAsk(incoming.Node, ref reader);
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

    // Of a node that begins it is known that it has published nothing; any other is asked.
    private void Meet(uint node, bool isBeginning)
    {
        _owner.NodeChanged(node, NodeChange.Joined);
        if (!isBeginning)
        {
            AskAll(node);
            return;
        }

        // It hears of this node at once, and not with the next heartbeat.
        Send(WireName.Inbox(node), new ControlWriter(ControlKind.Sequences));
        foreach (var interest in _interests.All)
        {
            if (!interest.IsSubscribed) continue;
            lock (interest.Gate) interest.Reception.Greet(node);
        }
    }

    private void TakeSequences(uint node, ref ControlReader reader)
    {
        var now = _time.GetTimestamp();
        while (!reader.IsAtEnd)
        {
            var sequence = reader.Sequence();
            if (reader.IsBroken) return;
            if (!_interests.TryFind(sequence.WireName, out var interest) || !interest.IsSubscribed) continue;

            bool isBehind;
            lock (interest.Gate)
            {
                interest.Reception.Claim(node, sequence, now);
                isBehind = interest.Reception.IsBehind;
            }

            if (isBehind) _behind.TryAdd(interest, true);
        }
    }

    private void AnswerAsk(uint node, ref ControlReader reader)
    {
        var answer = new ControlWriter(ControlKind.Sequences);
        while (!reader.IsAtEnd)
        {
            var wireName = reader.Text();
            if (reader.IsBroken) return;
            answer.Write(_outgoing.Ask(wireName));
        }

        Send(WireName.Inbox(node), answer);
    }

    // What was claimed a while ago and has not come is missing.
    private void Check(long now)
    {
        foreach (var (interest, _) in _behind)
        {
            _behind.TryRemove(interest, out _);
            bool isBehind;
            lock (interest.Gate)
            {
                interest.Reception.Check(now - Ticks(s_grace), _missing);
                isBehind = interest.Reception.IsBehind;
            }

            if (isBehind) _behind.TryAdd(interest, true);
            foreach (var gap in _missing) Report(interest, gap);
            _missing.Clear();
        }
    }

    // Its numbers count a while longer: its goodbye may have overtaken what it published.
    private void Leave(uint node)
    {
        if (!_nodes.Leave(node, out var wasThere)) Forget(node);
        if (wasThere) _owner.NodeChanged(node, NodeChange.Left);
    }

    private void Forget(uint node)
    {
        foreach (var interest in _interests.All)
        {
            lock (interest.Gate) interest.Reception.Forget(node);
        }
    }

    private void Lose(uint node)
    {
        _owner.NodeChanged(node, NodeChange.Lost);
        foreach (var interest in _interests.All)
        {
            ChannelGap? gap;
            lock (interest.Gate) gap = interest.Reception.Forget(node);
            if (gap is { } lost && !WireName.IsOurs(interest.WireName)) Report(interest, lost);
        }
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * _time.TimestampFrequency);
}
