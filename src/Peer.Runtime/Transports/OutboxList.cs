using System.Buffers;

namespace Peers.Transports;

/// <summary>A peer's own bytes, one after the other, and where frames shared with others stand between them. Used by one outbox after another.</summary>
internal sealed class OutboxList
{
    // What it keeps from one use to the next; what is longer comes from the pool of arrays.
    private const int BlockSize = 1024;
    private const int FirstPieces = 16;

    private byte[]? _block;
    private Piece[]? _firstPieces;

    private byte[] _own = [];
    private int _ownStart;
    private int _ownEnd;

    // The order, where it is not "own bytes only". A ring whose length is a power of two: _head is the oldest.
    private Piece[] _pieces = [];
    private int _head;

    /// <summary>How many frames shared with others there are, and runs of own bytes between them; 0 where there are own bytes only.</summary>
    public int Count { get; private set; }

    private int OwnLength => _ownEnd - _ownStart;

    /// <summary>An empty one.</summary>
    public static OutboxList Rent() => Turn.OfThread.Lists.TryRent(out var list) ? list : new();

    /// <summary>Drops what is left, and has it used by others.</summary>
    public void GiveBack()
    {
        for (; Count > 0; Pop()) _pieces[_head].Frame?.Release();
        ReturnOwn();
        ReturnPieces();
        (_own, _ownStart, _ownEnd, _pieces, _head) = ([], 0, 0, [], 0);
        Turn.OfThread.Lists.Return(this);
    }

    /// <summary>Appends bytes of the peer alone.</summary>
    public void Append(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        var length = header.Length + payload.Length;
        var free = ReserveOwn(length);
        header.CopyTo(free);
        payload.CopyTo(free[header.Length..]);
        _ownEnd += length;
        if (Count == 0) return;

        ref var last = ref _pieces[Slot(Count - 1)];
        if (last.Frame is null) last.Length += length;
        else Push(new Piece(null, length));
    }

    /// <summary>Appends a frame behind what is there, and takes over a reference to it.</summary>
    public void Append(SharedFrame frame)
    {
        if (Count == 0) Push(new Piece(null, OwnLength));
        Take(frame);
    }

    /// <summary>Takes the first frame, or one behind others, and a reference to it.</summary>
    public void Take(SharedFrame frame) => Push(new Piece(frame, frame.Length));

    /// <summary>Drops the oldest frame of <paramref name="channel"/>, or of any where it is null.</summary>
    /// <returns>How many bytes that were; 0 where there is none.</returns>
    public int DropOldest(string? channel)
    {
        for (var i = 0; i < Count; i++)
        {
            ref var piece = ref _pieces[Slot(i)];
            if (piece.Frame is null || (channel is not null && piece.Frame.Channel != channel)) continue;
            var dropped = piece.Frame.LengthAt(piece.Frame.Length - piece.Length);
            piece.Length -= dropped;
            if (piece.Length > 0) return dropped;

            piece.Frame.Release();
            RemoveAt(i);
            return dropped;
        }

        return 0;
    }

    /// <summary>Writes the oldest bytes, whole frames of others and any run of our own, until <paramref name="budget"/> is used.</summary>
    /// <returns>How many bytes were written.</returns>
    public int WriteTo(PeerTransport transport, int budget)
    {
        if (Count == 0) return WriteOwn(transport, Math.Min(OwnLength, budget), isLast: true);

        var written = 0;
        while (Count > 0 && written < budget) written += WritePiece(transport, budget - written);
        return written;
    }

    private int WritePiece(PeerTransport transport, int budget)
    {
        ref var piece = ref _pieces[_head];
        var isLast = Count == 1 || piece.Length >= budget;
        if (piece.Frame is { } frame)
        {
            var whole = piece.Length;
            if (isLast) transport.WriteLast(piece.Bytes);
            else transport.Write(piece.Bytes);
            frame.Release();
            Pop();
            return whole;
        }

        var length = WriteOwn(transport, Math.Min(piece.Length, budget), isLast);
        piece.Length -= length;
        if (piece.Length == 0) Pop();
        return length;
    }

    private int WriteOwn(PeerTransport transport, int length, bool isLast)
    {
        if (isLast) transport.WriteLast(_own.AsSpan(_ownStart, length));
        else transport.Write(_own.AsSpan(_ownStart, length));
        _ownStart += length;
        return length;
    }

    private Span<byte> ReserveOwn(int length)
    {
        if (_own.Length - _ownEnd >= length) return _own.AsSpan(_ownEnd);

        // The pool rounds up to a power of two: that doubles, and what waits never takes more than the limit, rounded up.
        var waiting = OwnLength;
        var bigger = waiting + length <= BlockSize ? _block ??= new byte[BlockSize] : ArrayPool<byte>.Shared.Rent(waiting + length);
        _own.AsSpan(_ownStart, waiting).CopyTo(bigger);
        if (bigger != _own) ReturnOwn();
        (_own, _ownStart, _ownEnd) = (bigger, 0, waiting);
        return bigger.AsSpan(waiting);
    }

    private int Slot(int index) => (_head + index) & (_pieces.Length - 1);

    private void Push(Piece piece)
    {
        if (Count == _pieces.Length) GrowPieces();
        _pieces[Slot(Count)] = piece;
        Count++;
    }

    private void Pop()
    {
        _pieces[_head] = default;
        _head = Slot(1);
        Count--;
    }

    private void RemoveAt(int index)
    {
        for (var i = index; i > 0; i--) _pieces[Slot(i)] = _pieces[Slot(i - 1)];
        Pop();
    }

    private void GrowPieces()
    {
        var bigger = Count < FirstPieces ? _firstPieces ??= new Piece[FirstPieces] : ArrayPool<Piece>.Shared.Rent(Count * 2);
        for (var i = 0; i < Count; i++) bigger[i] = _pieces[Slot(i)];
        Array.Clear(_pieces);
        ReturnPieces();
        (_pieces, _head) = (bigger, 0);
    }

    private void ReturnOwn()
    {
        if (_own.Length > 0 && _own != _block) ArrayPool<byte>.Shared.Return(_own);
    }

    // Whatever was popped left its place empty.
    private void ReturnPieces()
    {
        if (_pieces.Length > 0 && _pieces != _firstPieces) ArrayPool<Piece>.Shared.Return(_pieces);
    }

    /// <summary>A stretch of the order: a shared frame or what is left of a row of them, or a run of own bytes where there is none.</summary>
    private struct Piece(SharedFrame? frame, int length)
    {
        public readonly SharedFrame? Frame = frame;
        public int Length = length;

        public readonly ReadOnlySpan<byte> Bytes => Frame is null ? default : Frame.Bytes[^Length..];
    }
}
