using System.Buffers;

namespace Peers.Channels;

/// <summary>What came of one channel from each other node: finds holes, puts parts together, lets nothing through twice. Not safe from several threads.</summary>
internal sealed class Reception(string channel, int maxPartialBytes)
{
    private Sender[] _senders = [];
    private int _count;
    private byte[]? _whole;

    /// <summary>Whether something claimed has not come yet.</summary>
    public bool IsBehind { get; private set; }

    /// <summary>Takes a message or a part of one.</summary>
    /// <param name="header">Its header.</param>
    /// <param name="payload">What follows the header. Where this returns true: the whole message, borrowed until <see cref="Done"/>.</param>
    /// <param name="numbers">The numbers of the whole message, where this returns true.</param>
    /// <param name="gap">What is missing before it, or with it.</param>
    /// <returns>Whether a message is complete, and new.</returns>
    public bool TryTake(in RelayHeader header, ref ReadOnlySequence<byte> payload, out (long First, long Last) numbers, out ChannelGap? gap)
    {
        (gap, numbers) = (null, (header.Sequence, header.Sequence));
        ref var sender = ref Of(header.Node, out var isNew);
        if (isNew || (!sender.HasReceived && header.Sequence <= sender.Last)) sender.Last = header.Sequence - 1;
        if (header.Sequence <= sender.Last) return false;

        sender.HasReceived = true;
        var isFresh = header.Has(RelayFlags.Fresh);
        if (header.Sequence > sender.Last + 1) gap = sender.Lose(channel, header.Sequence - 1, isFresh);
        sender.Last = header.Sequence;
        if (header.Has(RelayFlags.First | RelayFlags.Last)) return true;
        if (header.Has(RelayFlags.First)) sender.Begin(header.Sequence);
        return TryJoin(ref sender, header, ref payload, ref numbers, ref gap, isNew);
    }

    /// <summary>The message that came last is copied.</summary>
    public void Done()
    {
        if (_whole is not null) ArrayPool<byte>.Shared.Return(_whole);
        _whole = null;
    }

    /// <summary>Another node says which number it gave last.</summary>
    /// <remarks>What it numbered may still be on its way: <see cref="Check"/> decides, a while later.</remarks>
    public void Claim(uint node, in ChannelSequence sequence, long now)
    {
        ref var sender = ref Of(node, out var isNew);
        if (isNew)
        {
            // From here on, whatever does not come is missed.
            sender.Last = sequence.Sequence;
            return;
        }

        if (sequence.IsFresh || sequence.Sequence <= Math.Max(sender.Last, sender.Claimed)) return;
        if (sender.Claimed <= sender.Last) sender.ClaimedAt = now;
        sender.Claimed = sequence.Sequence;
        IsBehind = true;
    }

    /// <summary>A node begins, and so has published nothing here yet.</summary>
    public void Greet(uint node) => Of(node, out _);

    /// <summary>Finds what was claimed before a point in time and has not come since.</summary>
    public void Check(long claimedBefore, List<ChannelGap> gaps)
    {
        IsBehind = false;
        foreach (ref var sender in _senders.AsSpan(0, _count))
        {
            if (sender.Claimed <= sender.Last) continue;
            if (sender.ClaimedAt > claimedBefore)
            {
                IsBehind = true;
                continue;
            }

            if (sender.Lose(channel, sender.Claimed, isFresh: false) is { } gap) gaps.Add(gap);
            sender.Last = sender.Claimed;
            sender.HasReceived = true;
        }
    }

    /// <summary>A node is gone: what it published last may be missing.</summary>
    public ChannelGap? Forget(uint node)
    {
        for (var i = 0; i < _count; i++)
        {
            if (_senders[i].Node != node) continue;
            var last = _senders[i].Last;
            _senders[i].Drop();
            _senders[i] = _senders[--_count];
            _senders[_count] = default;
            return last == 0 ? null : new(channel, ChannelGapCause.NodeLost) { Node = node, First = last + 1 };
        }

        return null;
    }

    /// <summary>Gives back what parts have gathered.</summary>
    public void Clear()
    {
        foreach (ref var sender in _senders.AsSpan(0, _count)) sender.Drop();
        (_senders, _count, IsBehind) = ([], 0, false);
    }

    private bool TryJoin(ref Sender sender, in RelayHeader header, ref ReadOnlySequence<byte> payload, ref (long First, long Last) numbers, ref ChannelGap? gap, bool isNew)
    {
        // The subscription began in the middle of a message: that one was never promised.
        if (isNew && !sender.IsGathering) sender.IsSkipping = true;
        if (sender.IsSkipping) return false;
        if (!sender.IsGathering || sender.Gathered + payload.Length > maxPartialBytes)
        {
            gap = gap?.TryJoin(sender.Lost(channel, header.Sequence), out var joined) == true ? joined : sender.Lost(channel, header.Sequence);
            sender.Drop();
            return false;
        }

        sender.Gather(payload);
        if (!header.Has(RelayFlags.Last)) return false;
        numbers = (sender.Beginning, header.Sequence);
        payload = sender.TakeWhole(out _whole);
        return true;
    }

    private ref Sender Of(uint node, out bool isNew)
    {
        for (var i = 0; i < _count; i++)
        {
            if (_senders[i].Node != node) continue;
            isNew = false;
            return ref _senders[i];
        }

        isNew = true;
        if (_count == _senders.Length) Array.Resize(ref _senders, Math.Max(2, _count * 2));
        _senders[_count] = new() { Node = node };
        return ref _senders[_count++];
    }

    /// <summary>One other node, as it publishes to the channel.</summary>
    private struct Sender
    {
        private byte[]? _parts;

        public uint Node;

        /// <summary>The number that came last, or was found to be missing.</summary>
        public long Last;

        /// <summary>Whether anything came: before, <see cref="Last"/> is what was claimed, and what is not newer may still be on its way.</summary>
        public bool HasReceived;

        public long Claimed;
        public long ClaimedAt;
        public bool IsGathering;
        public bool IsSkipping;
        public long Beginning;
        public int Gathered;

        public void Begin(long sequence)
        {
            Drop();
            (IsGathering, IsSkipping, Beginning) = (true, false, sequence);
        }

        public void Gather(in ReadOnlySequence<byte> part)
        {
            var length = (int)part.Length;
            if (_parts is null || _parts.Length < Gathered + length)
            {
                var bigger = ArrayPool<byte>.Shared.Rent(Math.Max(Gathered + length, Gathered * 2));
                _parts.AsSpan(0, Gathered).CopyTo(bigger);
                if (_parts is not null) ArrayPool<byte>.Shared.Return(_parts);
                _parts = bigger;
            }

            part.CopyTo(_parts.AsSpan(Gathered));
            Gathered += length;
        }

        public ReadOnlySequence<byte> TakeWhole(out byte[]? owned)
        {
            var whole = new ReadOnlySequence<byte>(_parts!, 0, Gathered);
            (owned, _parts, IsGathering, Gathered) = (_parts, null, false, 0);
            return whole;
        }

        /// <summary>All up to a number is lost, with the parts before; null where the numbers just began anew.</summary>
        public ChannelGap? Lose(string channel, long last, bool isFresh)
        {
            ChannelGap? gap = isFresh && !IsGathering ? null : Lost(channel, isFresh ? Last : last);
            Drop();
            IsSkipping = false;
            return gap;
        }

        public readonly ChannelGap Lost(string channel, long last) =>
            new(channel, ChannelGapCause.Lost) { Node = Node, First = IsGathering ? Beginning : Math.Min(Last + 1, last), Last = last };

        public void Drop()
        {
            if (_parts is not null) ArrayPool<byte>.Shared.Return(_parts);
            (_parts, IsGathering, Gathered) = (null, false, 0);
        }
    }
}
