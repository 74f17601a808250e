namespace Peers.Transports;

/// <summary>What waits to be written, in the order in which it was sent: runs of a peer's own bytes, and frames shared with other peers.</summary>
/// <remarks>Not safe for threads; holds no memory while it is empty, and little of its own: whoever publishes to a thousand peers looks at all of it twice a peer.</remarks>
internal struct Outbox
{
    // Set where nothing else waits, as for most subscribers of a channel: then there is no order to be kept.
    private SharedFrame? _only;

    // Anything else that waits.
    private OutboxList? _list;

    /// <summary>How many bytes wait, shared or not.</summary>
    public int Length { get; private set; }

    public readonly bool IsEmpty => Length == 0;

    /// <summary>How many frames shared with others wait, and runs of own bytes between them.</summary>
    public readonly int FrameCount => _only is not null ? 1 : _list is not null ? _list.Count : 0;

    /// <summary>Appends bytes of this peer alone. They are never dropped.</summary>
    public void Append(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        ListAll().Append(header, payload);
        Length += header.Length + payload.Length;
    }

    /// <summary>Appends a frame shared with other peers.</summary>
    public void Append(SharedFrame frame)
    {
        frame.AddReference();
        if (IsEmpty) _only = frame;
        else ListAll().Append(frame);
        Length += frame.Length;
    }

    /// <summary>Drops the oldest published frame of <paramref name="channel"/>, or of any where it is null.</summary>
    public bool TryDropOldest(string? channel)
    {
        if (IsEmpty) return false;
        var dropped = ListAll().DropOldest(channel);
        Length -= dropped;
        if (IsEmpty) GiveListBack();
        return dropped > 0;
    }

    /// <summary>Writes the oldest bytes, whole frames of others and any run of our own, until <paramref name="budget"/> is used.</summary>
    /// <returns>How many bytes were written.</returns>
    public int WriteTo(PeerTransport transport, int budget)
    {
        int written;
        if (_only is { } only)
        {
            transport.WriteLast(only.Bytes);
            (_only, Length, written) = (null, 0, only.Length);
            only.Release();
            return written;
        }

        if (_list is not { } list) return 0;
        written = list.WriteTo(transport, budget);
        Length -= written;
        if (IsEmpty) GiveListBack();
        return written;
    }

    /// <summary>Drops everything.</summary>
    public void Clear()
    {
        _only?.Release();
        (_only, Length) = (null, 0);
        if (_list is not null) GiveListBack();
    }

    private OutboxList ListAll()
    {
        var list = _list ??= OutboxList.Rent();
        if (_only is null) return list;
        list.Take(_only);
        _only = null;
        return list;
    }

    private void GiveListBack()
    {
        _list!.GiveBack();
        _list = null;
    }
}
