using System.Buffers;

namespace Peers.Channels;

/// <summary>Channels over more than one node: what is published here goes to others, and what others publish comes here. Its own node is served first, and without it.</summary>
internal sealed partial class ChannelRelay : IBackplaneSink, IControlSender
{
    // About so many bytes of numbers go in one message.
    private const int MaxNameBytes = 32 * 1024;

    private readonly IBackplane _backplane;
    private readonly BackplaneOptions _options;
    private readonly IRelayOwner _owner;
    private readonly TimeProvider _time;
    private readonly uint _node;
    private readonly ChannelRegistry _channels;
    private readonly OutgoingQueue _outgoing;
    private readonly OutgoingPump _pump;
    private readonly IncomingQueue _incoming;
    private readonly InterestSet _interests;
    private readonly ClusterMembership _membership;
    private readonly SequenceExchange _sequences;
    private readonly string _inbox;

    private Task _pumping = Task.CompletedTask;
    private bool _isConnected;
    private volatile bool _isOpen;
    private volatile bool _isClosed;
    private volatile bool _isLeaving;

    public ChannelRelay(IBackplane backplane, BackplaneOptions options, ChannelRegistry channels, uint node, TimeProvider time, IRelayOwner owner)
    {
        (_backplane, _options, _channels, _node, _time, _owner) = (backplane, options, channels, node, time, owner);
        _inbox = WireName.Inbox(node);
        _membership = new(options, time);
        _pauses = new(time);
        _outgoing = new(node, options, time);
        _pump = new(_outgoing, backplane, PublishFailed);
        _incoming = new(channels, options.MaxIncomingBytes, time, TakeControl);
        _interests = new(channels, backplane, options, time, owner, interest => _sequences!.Begin(interest), interest => _sequences!.Subscribed(interest));
        _sequences = new(_interests, _membership, _outgoing, options, time, this);
    }

    /// <summary>Whether it is connected, or was: until then channels reach this node alone.</summary>
    public bool IsOpen => _isOpen;

    /// <summary>Whether it is open, and its connection stands now.</summary>
    public bool IsConnected => _isOpen && _backplane.IsConnected;

    /// <summary>The other nodes that are there.</summary>
    public uint[] Nodes => _membership.Present;

    /// <summary>How many bytes wait for the backplane.</summary>
    public long OutgoingBytes => _outgoing.Waiting;

    /// <summary>How many bytes wait for subscribers here.</summary>
    public long IncomingBytes => _incoming.Waiting;

    /// <summary>How many bytes of messages in parts wait for their last part.</summary>
    public long PartialBytes => _interests.Partials.Taken;

    /// <summary>Connects and says so to other nodes. Where that throws it may be called again.</summary>
    public async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        if (!_isConnected) await _backplane.StartAsync(this, cancellationToken);
        _isConnected = true;
        _outgoing.MaxMessageBytes = _backplane.MaxMessageBytes;
        await _interests.OpenAsync(WireName.Nodes, cancellationToken);
        await _interests.OpenAsync(_inbox, cancellationToken);
        if (_isClosed) throw new OperationCanceledException("The backplane was closed while it opened.");

        // The first that others hear of a node is that it begins.
        SendHeartbeat();

        _openedAt = _time.GetTimestamp();

        // Away from whatever context the application starts in.
        _pumping = Task.Run(_pump.RunAsync, CancellationToken.None);
        _isOpen = true;
        _interests.Open();
    }

    /// <summary>Says goodbye, publishes what waits as far as there is time, and disconnects. Never throws.</summary>
    public async ValueTask CloseAsync()
    {
        if (_isClosed) return;
        var wasOpen = _isOpen;
        if (wasOpen)
        {
            // Others compare their numbers with the last ones of this node: nobody can ask it any more.
            SendHeartbeat();
            Send(WireName.Nodes, new ControlWriter(ControlKind.Goodbye));
        }

        (_isClosed, _isOpen) = (true, false);
        _interests.Close();
        CloseQuestions();
        if (wasOpen) _pump.Close();
        try
        {
            await _pumping.WaitAsync(TimeSpan.FromSeconds(2), _time);
        }
        catch (TimeoutException)
        {
            // The server does not answer: what waits is lost.
        }

        await DisconnectAsync();
    }

    /// <summary>Completes when the backplane has been told of all channels that have subscribers here, which may be over by then.</summary>
    public Task WhenSubscribed() => _interests.WhenSettled();

    /// <summary>A channel has a subscriber here, perhaps its first.</summary>
    public void Joined(string channel) => _interests.Joined(channel);

    /// <summary>A channel has lost its last subscriber here.</summary>
    public void Left(string channel) => _interests.Left(channel);

    /// <summary>Publishes to the other nodes; nobody is waited for. Until it is open nothing is done.</summary>
    public void Publish(string channel, ReadOnlySpan<byte> payload, bool isBinary, bool compress)
    {
        if (!_isOpen) return;
        var flags = (isBinary ? RelayFlags.Binary : RelayFlags.None) | (compress ? RelayFlags.Compress : RelayFlags.None);
        if (!_outgoing.TryAdd(WireName.Of(channel), flags, payload, out var wakes))
        {
            _owner.OutgoingDropped(channel);
            return;
        }

        if (wakes) _pump.Wake();
        _owner.Sent(payload.Length);
    }

    /// <inheritdoc/>
    public void Receive(string channel, in ReadOnlySequence<byte> message)
    {
        if (_isClosed || !_interests.TryFind(channel, out var interest)) return;
        Span<byte> bytes = stackalloc byte[RelayHeader.Length];
        if (message.Length < RelayHeader.Length || !RelayHeader.TryRead(Copy(message, bytes), out var header))
        {
            _owner.NotUnderstood(interest.Name);
            return;
        }

        if (header.Node == _node) return;

        // A message in parts takes memory until it is complete: for nodes that are there.
        var isPart = !header.Has(RelayFlags.First | RelayFlags.Last);
        if (isPart && !_membership.IsKnown(header.Node)) _owner.NotUnderstood(interest.Name);
        else Receive(interest, header, message.Slice(RelayHeader.Length));
    }

    /// <inheritdoc/>
    public void Interrupted(string? channel = null)
    {
        if (_isClosed) return;
        _outgoing.MaxMessageBytes = _backplane.MaxMessageBytes;
        if (channel is null) _outgoing.MarkInterrupted();
        if (channel is null || IsHeard(channel)) _owner.Interrupted(channel);
        foreach (var interest in _interests.All)
        {
            if (channel is null || interest.WireName == channel) Report(interest, new(interest.Name, ChannelGapCause.Interrupted));
        }

        // What was published last, before or after, may be missing too.
        _sequences.VerifyAllLater();
    }

    // A subscription lingers a while after the last subscriber has left.
    private bool IsHeard(string wireName) => WireName.IsOurs(wireName) || (_interests.TryFind(wireName, out var interest) && _channels.HasSubscribers(interest.Name));

    private static ReadOnlySpan<byte> Copy(in ReadOnlySequence<byte> message, Span<byte> header)
    {
        if (message.FirstSpan.Length >= header.Length) return message.FirstSpan[..header.Length];
        message.Slice(0, header.Length).CopyTo(header);
        return header;
    }

    private void Receive(Interest interest, in RelayHeader header, ReadOnlySequence<byte> payload)
    {
        ChannelGap? gap;
        long? refused = null;
        var isRejected = false;
        var (isWhole, isKept, length) = (false, false, 0L);
        lock (interest.Gate)
        {
            if (interest.Tracker.TryTake(header, ref payload, out var numbers, out gap))
            {
                (isWhole, length) = (true, payload.Length);
                isKept = TryKeep(interest, header, payload, numbers.First);
                if (!isKept) refused = QuestionIn(header, payload);
                if (!isKept && refused is null) gap = Dropped(interest, header, numbers, before: gap);
                interest.Tracker.Done();
            }

            isRejected = interest.Tracker.IsRejected;
        }

        if (isRejected)
        {
            _owner.NotUnderstood(interest.Name);
            return;
        }

        if (gap is { } found) Report(interest, found);
        if (!header.Has(RelayFlags.Control))
        {
            if (isKept) _owner.Received(interest.Name, length);
            return;
        }

        _membership.RecordArrival(header.Node);
        if (isWhole && !isKept) Refuse(header.Node, refused);
    }

    private bool TryKeep(Interest interest, in RelayHeader header, in ReadOnlySequence<byte> payload, long number)
    {
        if (header.Has(RelayFlags.Control)) return _incoming.TryAdd(new(interest, Control: payload.ToArray(), Node: header.Node, IsFirst: number == 1));
        if (!_channels.HasSubscribers(interest.Name)) return true;

        var frame = _owner.Encode(interest.Name, payload, header.Has(RelayFlags.Binary), header.Has(RelayFlags.Compress));
        if (_incoming.TryAdd(new(interest, frame))) return true;
        frame.Release();
        return false;
    }

    private static ChannelGap Dropped(Interest interest, in RelayHeader header, (long First, long Last) numbers, ChannelGap? before)
    {
        var dropped = new ChannelGap(interest.Name, ChannelGapCause.Dropped) { Node = header.Node, First = numbers.First, Last = numbers.Last };
        return before?.Cover(dropped) ?? dropped;
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

    bool IControlSender.Send(string to, ControlWriter message) => Send(to, message);

    void IControlSender.Report(Interest interest, in ChannelGap gap) => Report(interest, gap);

    // To the channel's subscribers, the log and the metrics. Where messages between nodes were lost, the node is asked for its numbers.
    private void Report(Interest interest, in ChannelGap gap)
    {
        if (WireName.IsOurs(interest.WireName))
        {
            if (gap.Node is { } node) _sequences.VerifyLater(node);
            return;
        }

        if (!_channels.HasSubscribers(interest.Name)) return;
        _owner.GapFound(gap);
        bool isFirst;
        lock (interest.Gate) isFirst = interest.AddGap(gap);
        if (isFirst) _incoming.TryAdd(new(interest));
    }

    private void PublishFailed(OutgoingChannel channel, Exception exception)
    {
        _outgoing.MarkFailed(channel);
        _owner.PublishFailed(channel.WireName, exception);
    }

    private async ValueTask DisconnectAsync()
    {
        try
        {
            await _backplane.CloseAsync();
        }
        catch (Exception exception)
        {
            _owner.PublishFailed(WireName.Nodes, exception);
        }
    }
}
