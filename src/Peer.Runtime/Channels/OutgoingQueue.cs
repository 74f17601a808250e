using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Peers.Channels;

/// <summary>What waits for the backplane, numbered and within bounds. Safe from any thread; allocates nothing once it is warm.</summary>
/// <remarks>What does not fit is not kept, but has its number: so other nodes see the hole.</remarks>
internal sealed class OutgoingQueue(uint node, BackplaneOptions options, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, OutgoingChannel> _channels = new(StringComparer.Ordinal);

    // Guarded by _lock, which gives numbers and places in one step: the order of the numbers is that on the wire.
    private readonly Lock _lock = new();
    private readonly List<OutgoingChannel> _dirty = [];
    private OutgoingBatch _filling = new();
    private OutgoingBatch? _spare = new();
    private long _waiting;
    private long _floor;
    private long? _floorUsedAt;
    private long? _interruptedAt;
    private bool _isInterrupted;
    private long _tick = time.GetTimestamp();

    // Whether somebody takes what waits or is about to: the pump first looks by itself.
    private bool _isPumped = true;

    /// <summary>The longest message that the backplane takes.</summary>
    public int MaxMessageBytes { get; set; } = int.MaxValue;

    /// <summary>How many bytes wait, those that are being published among them.</summary>
    public long Waiting => Volatile.Read(ref _waiting);

    /// <summary>Numbers a message and keeps it, in parts where it is too long.</summary>
    /// <param name="wireName">The channel's name on the backplane.</param>
    /// <param name="flags">What it is.</param>
    /// <param name="payload">The payload; copied.</param>
    /// <param name="wakes">True where nobody publishes what waits: call <see cref="TryTake"/> until it is false.</param>
    /// <returns>False where it does not fit and was dropped.</returns>
    public bool TryAdd(string wireName, RelayFlags flags, ReadOnlySpan<byte> payload, out bool wakes)
    {
        while (true)
        {
            var outgoing = _channels.TryGetValue(wireName, out var found) ? found : Create(wireName);
            lock (_lock)
            {
                if (!outgoing.IsForgotten) return TryAdd(outgoing, flags, payload, out wakes);
            }
        }
    }

    /// <summary>Takes all that waits; false where nothing does, and then whoever adds next wakes the pump.</summary>
    /// <remarks>One caller at a time, which gives the batch back before it takes the next.</remarks>
    public bool TryTake([NotNullWhen(true)] out OutgoingBatch? batch)
    {
        lock (_lock)
        {
            batch = null;
            _isPumped = _filling.Count > 0;
            if (!_isPumped) return false;
            (batch, _filling, _spare) = (_filling, _spare ?? new(), null);
            return true;
        }
    }

    /// <summary>Whether nobody publishes what waits, which this then counts as done: wake the pump.</summary>
    public bool TryWake()
    {
        lock (_lock) return !_isPumped && (_isPumped = true);
    }

    /// <summary>Gives a batch back that was taken.</summary>
    public void Return(OutgoingBatch batch)
    {
        lock (_lock) _waiting -= batch.Length;
        batch.Clear();
        lock (_lock) _spare = batch;
    }

    /// <summary>The channels that were published to since this was last called, and their last numbers.</summary>
    /// <returns>Whether the connection was interrupted since.</returns>
    public bool TakeChanged(List<ChannelSequence> changed)
    {
        lock (_lock)
        {
            _tick = time.GetTimestamp();
            foreach (var channel in _dirty)
            {
                // An upper bound of when it was published to: the clock is not read for each message.
                channel.UsedAt = _tick;
                channel.IsDirty = false;
                changed.Add(Describe(channel, _tick));
            }

            _dirty.Clear();
            var wasInterrupted = _isInterrupted;
            _isInterrupted = false;
            return wasInterrupted;
        }
    }

    /// <summary>The backplane rejected a message of a channel: other nodes are told so with the next heartbeat.</summary>
    public void MarkFailed(OutgoingChannel channel)
    {
        lock (_lock)
        {
            channel.TroubledAt = time.GetTimestamp();
            MarkDirty(channel);
        }
    }

    /// <summary>The connection was interrupted: messages of any channel may be lost.</summary>
    public void MarkInterrupted()
    {
        lock (_lock) (_interruptedAt, _isInterrupted) = (time.GetTimestamp(), true);
    }

    /// <summary>The last number of a channel, so that the next can be told to follow it.</summary>
    public ChannelSequence Ask(string wireName)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            if (_channels.TryGetValue(wireName, out var outgoing)) return Describe(outgoing, now);
            return new(wireName, _floor, IsFresh: _floor > 0) { Idle = Since(_floorUsedAt, now), Trouble = Since(_interruptedAt, now) };
        }
    }

    /// <summary>Forgets channels that have not been published to for minutes. Should they be again, their numbers begin above all that were forgotten.</summary>
    public void Forget()
    {
        var now = time.GetTimestamp();
        foreach (var (name, channel) in _channels)
        {
            lock (_lock)
            {
                if (channel.IsDirty || time.GetElapsedTime(channel.UsedAt, now) < SequenceTracker.ForgetAfter) continue;
                channel.IsForgotten = true;
                _floor = Math.Max(_floor, channel.Sequence);
                if (!WireName.IsOurs(name)) _floorUsedAt = Math.Max(_floorUsedAt ?? channel.UsedAt, channel.UsedAt);
                _channels.TryRemove(new(name, channel));
            }
        }
    }

    private OutgoingChannel Create(string wireName)
    {
        lock (_lock) return _channels.GetOrAdd(wireName, new OutgoingChannel(wireName, _floor, isFresh: _floor > 0));
    }

    // Under _lock.
    private bool TryAdd(OutgoingChannel channel, RelayFlags flags, ReadOnlySpan<byte> payload, out bool wakes)
    {
        channel.UsedAt = _tick;
        MarkDirty(channel);
        var room = MaxMessageBytes - RelayHeader.Length;
        var parts = payload.Length <= room ? 1 : (payload.Length + room - 1) / room;
        var length = payload.Length + ((long)parts * RelayHeader.Length);
        wakes = false;
        if (_waiting + length > options.MaxOutgoingBytes)
        {
            channel.Sequence += parts;
            channel.IsFresh = false;
            channel.TroubledAt = time.GetTimestamp();
            return false;
        }

        AddParts(channel, flags, payload, room);
        _waiting += length;
        wakes = !_isPumped;
        _isPumped = true;
        return true;
    }

    private void MarkDirty(OutgoingChannel channel)
    {
        if (channel.IsDirty || WireName.IsOurs(channel.WireName)) return;
        channel.IsDirty = true;
        _dirty.Add(channel);
    }

    private ChannelSequence Describe(OutgoingChannel channel, long now)
    {
        var idle = channel.IsDirty ? TimeSpan.Zero : channel.IsFresh ? Since(_floorUsedAt, now) : time.GetElapsedTime(channel.UsedAt, now);
        var (one, other) = (Since(channel.TroubledAt, now), Since(_interruptedAt, now));
        return new(channel.WireName, channel.Sequence, channel.IsFresh) { Idle = idle, Trouble = one < other ? one : other };
    }

    private TimeSpan Since(long? at, long now) => at is { } ticks ? time.GetElapsedTime(ticks, now) : TimeSpan.MaxValue;

    private void AddParts(OutgoingChannel channel, RelayFlags flags, ReadOnlySpan<byte> payload, int room)
    {
        flags |= RelayFlags.First;
        while (true)
        {
            var part = payload[..Math.Min(room, payload.Length)];
            payload = payload[part.Length..];
            if (payload.IsEmpty) flags |= RelayFlags.Last;
            if (channel.IsFresh) flags |= RelayFlags.Fresh;
            channel.IsFresh = false;

            var message = _filling.Add(channel, RelayHeader.Length + part.Length);
            new RelayHeader(flags, node, ++channel.Sequence).Write(message);
            part.CopyTo(message[RelayHeader.Length..]);
            if (payload.IsEmpty) return;
            flags &= ~(RelayFlags.First | RelayFlags.Fresh);
        }
    }
}

/// <summary>The number that a node gave last in a channel.</summary>
/// <param name="WireName">The channel's name on the backplane.</param>
/// <param name="Sequence">The number; 0 for none yet.</param>
/// <param name="IsFresh">Whether the next number follows on nothing, and is only known to be larger.</param>
internal readonly record struct ChannelSequence(string WireName, long Sequence, bool IsFresh = false)
{
    /// <summary>How long ago the node published to the channel, at least; on the wire in whole milliseconds.</summary>
    public TimeSpan Idle { get; init; }

    /// <summary>How long ago the node lost or may have lost a message to the channel, as far as it knows; <see cref="TimeSpan.MaxValue"/> for never.</summary>
    public TimeSpan Trouble { get; init; } = TimeSpan.MaxValue;
}
