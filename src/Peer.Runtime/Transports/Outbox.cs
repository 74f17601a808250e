namespace Peers.Transports;

/// <summary>The bytes that wait to be written to a peer, in the order in which they were sent: bytes for this peer alone, and frames shared with other peers.</summary>
/// <remarks>Not thread-safe. It holds no memory while it is empty and is small: a publish to a thousand peers reads all of it twice for each of them.</remarks>
internal struct Outbox
{
    // A batch of at most this many times the budget is taken whole: copying a part of it would cost more than it gains.
    private const int WholeBatches = 2;

    // Set where a single shared frame waits, as for most subscribers of a channel: there is no order to keep.
    private SharedFrame? _only;
    private Cause _onlyCause;

    // Anything else that waits.
    private OutboxList? _list;

    /// <summary>How many bytes wait, shared or not.</summary>
    public int Length { get; private set; }

    public readonly bool IsEmpty => Length == 0;

    /// <summary>How many shared frames wait, and runs of this peer's bytes between them.</summary>
    public readonly int FrameCount => _only is not null ? 1 : _list is not null ? _list.PieceCount : 0;

    /// <summary>Whether the next bytes begin a frame. They do not while the rest of a frame waits that is longer than a batch.</summary>
    public readonly bool IsAtFrameStart => _list is null or { IsAtFrameStart: true };

    /// <summary>Appends a frame for this peer alone. It is never dropped.</summary>
    /// <returns>What it is counted as, which is another cause where very many runs of different causes wait.</returns>
    public Cause Append(Cause cause, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        Length += header.Length + payload.Length;
        return GetOrCreateList().Append(cause, header, payload);
    }

    /// <summary>Appends a frame that may be shared with other peers, and adds a reference to it.</summary>
    public void Append(Cause cause, SharedFrame frame)
    {
        frame.AddReference();
        if (IsEmpty) (_only, _onlyCause) = (frame, cause);
        else GetOrCreateList().Append(cause, frame);
        Length += frame.Length;
    }

    /// <summary>Drops the oldest frame that others published to <paramref name="channel"/>, or to any channel where it is null.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="dropped">What no longer waits.</param>
    public bool TryDropOldest(string? channel, out ByteCounts dropped)
    {
        dropped = default;
        if (IsEmpty) return false;
        dropped.Add(Cause.Others, GetOrCreateList().DropOldest(channel));
        Length -= dropped.Total;
        if (IsEmpty) ReturnList();
        return dropped.Total > 0;
    }

    /// <summary>Takes the oldest bytes: whole frames where they fit, and at most twice the budget.</summary>
    public OutboxBatch Take(int budget)
    {
        var batch = default(OutboxBatch);
        if (_only is { } only)
        {
            batch.Frame = only;
            batch.Bytes.Add(_onlyCause, only.Length);
            (_only, Length) = (null, 0);
            return batch;
        }

        if (_list is null) return batch;
        if (Length <= budget * WholeBatches)
        {
            (batch.List, _list) = (_list, null);
        }
        else
        {
            batch.List = _list.TakeFront(budget);
        }

        batch.Bytes = batch.List.Count();
        Length -= batch.Bytes.Total;
        if (IsEmpty && _list is not null) ReturnList();
        return batch;
    }

    /// <summary>Drops everything.</summary>
    public void Clear()
    {
        _only?.Release();
        (_only, Length) = (null, 0);
        if (_list is not null) ReturnList();
    }

    private OutboxList GetOrCreateList()
    {
        var list = _list ??= OutboxList.Rent();
        if (_only is null) return list;
        list.Append(_onlyCause, _only);
        _only = null;
        return list;
    }

    private void ReturnList()
    {
        _list!.Return();
        _list = null;
    }
}
