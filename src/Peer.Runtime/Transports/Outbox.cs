using System.Buffers;

namespace Peers.Transports;

/// <summary>What waits to be written, in the order in which it was sent: runs of a peer's own bytes, and frames shared with other peers.</summary>
/// <remarks>Not safe for threads; holds no memory while it is empty.</remarks>
internal struct Outbox
{
    // What an outbox rents first; a thread keeps these, the pool of arrays the larger ones.
    private const int BlockSize = 1024;
    private const int FirstPieces = 16;

    // The peer's own bytes, one after the other; the runs in _pieces say what stands between them.
    private byte[]? _own;
    private int _ownStart;
    private int _ownEnd;

    // Set where nothing else waits, as for most subscribers of a channel: then there is no order to be kept.
    private SharedFrame? _only;

    // The order, as long as it is not "own bytes only" or "one shared frame only". A ring whose length is a power of two: _head is the oldest.
    private Piece[]? _pieces;
    private int _head;
    private int _count;

    /// <summary>How many bytes wait, shared or not.</summary>
    public int Length { get; private set; }

    public readonly bool IsEmpty => Length == 0;

    /// <summary>How many frames shared with others wait, and runs of own bytes between them.</summary>
    public readonly int FrameCount => _only is null ? _count : 1;

    /// <summary>Appends bytes of this peer alone. They are never dropped.</summary>
    public void Append(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        var length = header.Length + payload.Length;
        var free = ReserveOwn(length);
        header.CopyTo(free);
        payload.CopyTo(free[header.Length..]);
        _ownEnd += length;
        Spread();
        Length += length;
        if (_count == 0) return;

        ref var last = ref _pieces![Slot(_count - 1)];
        if (last.Frame is null) last.Length += length;
        else Push(new Piece(null, length));
    }

    /// <summary>Appends a frame shared with other peers.</summary>
    public void Append(SharedFrame frame)
    {
        frame.AddReference();
        if (IsEmpty)
        {
            _only = frame;
            Length = frame.Length;
            return;
        }

        Spread();
        if (_count == 0) Push(new Piece(null, Length));
        Push(new Piece(frame, frame.Length));
        Length += frame.Length;
    }

    /// <summary>Drops the oldest published frame of <paramref name="channel"/>, or of any where it is null.</summary>
    public bool TryDropOldest(string? channel)
    {
        Spread();
        for (var i = 0; i < _count; i++)
        {
            ref var piece = ref _pieces![Slot(i)];
            if (piece.Frame is null || (channel is not null && piece.Frame.Channel != channel)) continue;
            var dropped = piece.Frame.LengthAt(piece.Frame.Length - piece.Length);
            Length -= dropped;
            piece.Length -= dropped;
            if (piece.Length > 0) return true;

            piece.Frame.Release();
            RemoveAt(i);
            if (IsEmpty) Reset();
            return true;
        }

        return false;
    }

    /// <summary>Writes the oldest bytes, whole frames of others and any run of our own, until <paramref name="budget"/> is used.</summary>
    /// <returns>How many bytes were written.</returns>
    public int WriteTo(PeerTransport transport, int budget)
    {
        if (_only is { } only)
        {
            transport.WriteLast(only.Bytes);
            (_only, Length) = (null, 0);
            var length = only.Length;
            only.Release();
            return length;
        }

        var written = 0;
        while (Length > 0 && written < budget)
        {
            written += _count == 0 ? WriteOwn(transport, Math.Min(Length, budget - written), isLast: true) : WritePiece(transport, budget - written);
        }

        if (IsEmpty) Reset();
        return written;
    }

    /// <summary>Drops everything.</summary>
    public void Clear()
    {
        _only?.Release();
        for (var i = 0; i < _count; i++) _pieces![Slot(i)].Frame?.Release();
        (_only, Length) = (null, 0);
        Reset();
    }

    private int WritePiece(PeerTransport transport, int budget)
    {
        ref var piece = ref _pieces![_head];
        if (piece.Frame is { } frame)
        {
            var whole = piece.Length;
            if (_count == 1 || whole >= budget) transport.WriteLast(piece.Bytes);
            else transport.Write(piece.Bytes);
            Length -= whole;
            frame.Release();
            Pop();
            return whole;
        }

        var length = WriteOwn(transport, Math.Min(piece.Length, budget), isLast: _count == 1 || piece.Length >= budget);
        piece.Length -= length;
        if (piece.Length == 0) Pop();
        return length;
    }

    private int WriteOwn(PeerTransport transport, int length, bool isLast)
    {
        if (isLast) transport.WriteLast(_own.AsSpan(_ownStart, length));
        else transport.Write(_own.AsSpan(_ownStart, length));
        _ownStart += length;
        Length -= length;
        return length;
    }

    private Span<byte> ReserveOwn(int length)
    {
        if (_own is not null && _own.Length - _ownEnd >= length) return _own.AsSpan(_ownEnd);

        var waiting = _ownEnd - _ownStart;
        // The pool rounds up to a power of two: that doubles, and what waits never takes more than the limit, rounded up.
        var bigger = RentBytes(waiting + length);
        if (_own is not null)
        {
            _own.AsSpan(_ownStart, waiting).CopyTo(bigger);
            ReturnBytes(_own);
        }

        (_own, _ownStart, _ownEnd) = (bigger, 0, waiting);
        return bigger.AsSpan(waiting);
    }

    private void Spread()
    {
        if (_only is not { } only) return;
        _only = null;
        Push(new Piece(only, only.Length));
    }

    private readonly int Slot(int index) => (_head + index) & (_pieces!.Length - 1);

    private void Push(Piece piece)
    {
        if (_pieces is null && !Turn.OfThread.Pieces.TryRent(out _pieces)) _pieces = new Piece[FirstPieces];
        if (_count == _pieces.Length) GrowPieces();
        _pieces[Slot(_count++)] = piece;
    }

    private void Pop()
    {
        _pieces![_head] = default;
        _head = Slot(1);
        _count--;
    }

    private void RemoveAt(int index)
    {
        for (var i = index; i > 0; i--) _pieces![Slot(i)] = _pieces[Slot(i - 1)];
        Pop();
    }

    private void GrowPieces()
    {
        var bigger = ArrayPool<Piece>.Shared.Rent(_count * 2);
        for (var i = 0; i < _count; i++) bigger[i] = _pieces![Slot(i)];
        ReturnPieces(_pieces!);
        (_pieces, _head) = (bigger, 0);
    }

    private void Reset()
    {
        if (_own is not null) ReturnBytes(_own);
        if (_pieces is not null) ReturnPieces(_pieces);
        (_own, _ownStart, _ownEnd, _pieces, _head, _count) = (null, 0, 0, null, 0, 0);
    }

    private static byte[] RentBytes(int length)
    {
        if (length > BlockSize) return ArrayPool<byte>.Shared.Rent(length);
        return Turn.OfThread.Blocks.TryRent(out var block) ? block : new byte[BlockSize];
    }

    private static void ReturnBytes(byte[] bytes)
    {
        if (bytes.Length == BlockSize) Turn.OfThread.Blocks.Return(bytes);
        else ArrayPool<byte>.Shared.Return(bytes);
    }

    private static void ReturnPieces(Piece[] pieces)
    {
        Array.Clear(pieces);
        if (pieces.Length == FirstPieces) Turn.OfThread.Pieces.Return(pieces);
        else ArrayPool<Piece>.Shared.Return(pieces);
    }

    /// <summary>A stretch of the order: a shared frame or what is left of a row of them, or a run of own bytes where there is none.</summary>
    internal struct Piece(SharedFrame? frame, int length)
    {
        public readonly SharedFrame? Frame = frame;
        public int Length = length;

        public readonly ReadOnlySpan<byte> Bytes => Frame is null ? default : Frame.Bytes[^Length..];
    }
}
