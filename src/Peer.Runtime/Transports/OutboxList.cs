using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;

namespace Peers.Transports;

/// <summary>Bytes for one peer alone, one after the other, and the frames shared with other peers that stand between them. Used by one outbox after another.</summary>
/// <remarks>Not thread-safe. What is appended is whole frames.</remarks>
internal sealed class OutboxList
{
    // What a list keeps from one use to the next; longer arrays come from the pool.
    private const int BlockSize = 1024;

    // From so many pieces on a run takes bytes of another cause too: very short frames of alternating causes would need more memory for pieces than for bytes.
    private const int MaxExactPieces = 512;

    private byte[]? _block;

    // Bytes for this peer alone, and their cause while there are no pieces.
    private byte[] _bytes = [];
    private int _start;
    private int _end;
    private Cause _cause;

    // The order, where there is more than one run of one cause.
    private Ring<Piece> _pieces = new(ArrayPool<Piece>.Shared);

    // How many bytes at the front belong to a frame whose beginning was taken.
    private int _restOfFrame;

    /// <summary>How many pieces there are: shared frames, and runs of bytes between them; 0 where all bytes are one run.</summary>
    public int PieceCount => _pieces.Count;

    /// <summary>Whether the next bytes begin a frame.</summary>
    public bool IsAtFrameStart => _restOfFrame == 0;

    private int RunLength => _end - _start;

    /// <summary>An empty one.</summary>
    public static OutboxList Rent() => Turn.OfThread.Lists.TryRent(out var list) ? list : new();

    /// <summary>Drops what is left and returns the list for reuse.</summary>
    public void Return()
    {
        for (; PieceCount > 0; _pieces.Pop()) _pieces[0].Frame?.Release();
        _pieces.Return();
        ReturnBytes();
        (_bytes, _start, _end, _restOfFrame) = ([], 0, 0, 0);
        Turn.OfThread.Lists.Return(this);
    }

    /// <summary>Appends a copy of a frame.</summary>
    /// <returns>What it is counted as.</returns>
    public Cause Append(Cause cause, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        var length = header.Length + payload.Length;
        var before = RunLength;
        var free = Reserve(length);
        header.CopyTo(free);
        payload.CopyTo(free[header.Length..]);
        _end += length;
        return PieceCount == 0 ? ExtendRun(cause, before, length) : ExtendPieces(cause, length);
    }

    /// <summary>Appends a frame and takes over a reference to it.</summary>
    public void Append(Cause cause, SharedFrame frame) => AddPiece(new Piece(frame, frame.Length, cause));

    /// <summary>Drops the oldest frame that others published to <paramref name="channel"/>, or to any channel where it is null.</summary>
    /// <returns>How many bytes that were; 0 where there is none.</returns>
    public int DropOldest(string? channel)
    {
        for (var i = 0; i < PieceCount; i++)
        {
            ref var piece = ref _pieces[i];
            if (piece.Frame is null || piece.Cause != Cause.Others || (channel is not null && piece.Frame.Channel != channel)) continue;
            var dropped = piece.Frame.LengthAt(piece.Frame.Length - piece.Length);
            piece.Length -= dropped;
            if (piece.Length > 0) return dropped;

            piece.Frame.Release();
            _pieces.RemoveAt(i);
            return dropped;
        }

        return 0;
    }

    /// <summary>How many bytes there are, by cause.</summary>
    public ByteCounts Count()
    {
        var counts = default(ByteCounts);
        if (PieceCount == 0) counts.Add(_cause, RunLength);
        for (var i = 0; i < PieceCount; i++)
        {
            ref var piece = ref _pieces[i];
            counts.Add(piece.Cause, piece.Length);
        }

        return counts;
    }

    /// <summary>Moves the oldest bytes to another list: whole frames, until the budget is used. A frame that is longer than the budget is divided, unless it is shared.</summary>
    public OutboxList TakeFront(int budget)
    {
        var front = Rent();
        if (PieceCount == 0)
        {
            MoveRun(front, RunLength, _cause, budget);
            return front;
        }

        while (PieceCount > 0 && budget > 0)
        {
            var moved = MovePiece(front, budget);
            if (moved == 0) break;
            budget -= moved;
        }

        return front;
    }

    /// <summary>Writes everything to a transport; the list still has to be returned.</summary>
    public void WriteTo(PeerTransport transport)
    {
        if (PieceCount == 0)
        {
            transport.WriteLast(_bytes.AsSpan(_start, RunLength));
            return;
        }

        for (; PieceCount > 0; _pieces.Pop())
        {
            ref var piece = ref _pieces[0];
            var bytes = piece.Frame is null ? TakeRun(piece.Length) : piece.Bytes;
            if (PieceCount == 1) transport.WriteLast(bytes);
            else transport.Write(bytes);
            piece.Frame?.Release();
            piece = default;
        }
    }

    private void AddPiece(Piece piece)
    {
        if (PieceCount == 0 && RunLength > 0) _pieces.Push(new Piece(null, RunLength, _cause));
        _pieces.Push(piece);
    }

    private Cause ExtendRun(Cause cause, int before, int length)
    {
        if (before == 0) return _cause = cause;
        if (_cause == cause) return cause;
        _pieces.Push(new Piece(null, before, _cause));
        _pieces.Push(new Piece(null, length, cause));
        return cause;
    }

    private Cause ExtendPieces(Cause cause, int length)
    {
        ref var last = ref _pieces[PieceCount - 1];
        if (last.Frame is null && (last.Cause == cause || PieceCount >= MaxExactPieces))
        {
            last.Length += length;
            return last.Cause;
        }

        _pieces.Push(new Piece(null, length, cause));
        return cause;
    }

    private int MovePiece(OutboxList front, int budget)
    {
        ref var piece = ref _pieces[0];
        var (whole, cause) = (piece.Length, piece.Cause);
        if (piece.Frame is { } frame)
        {
            if (whole > budget && !front.IsEmpty) return 0;
            front.AddPiece(new Piece(frame, whole, cause));
            _pieces.Pop();
            return whole;
        }

        var moved = MoveRun(front, whole, cause, budget);
        piece.Length -= moved;
        if (piece.Length == 0) _pieces.Pop();
        return moved;
    }

    private int MoveRun(OutboxList front, int length, Cause cause, int budget)
    {
        var moved = Cut(length, budget, front.IsEmpty);
        front.Append(cause, TakeRun(moved), payload: default);
        return moved;
    }

    private bool IsEmpty => PieceCount == 0 && RunLength == 0;

    // How many bytes at the front of a run end with a frame and fit the budget. Where the first frame does not fit, it is divided if it comes first in a batch.
    private int Cut(int length, int budget, bool isFirst)
    {
        if (_restOfFrame >= budget)
        {
            _restOfFrame -= budget;
            return budget;
        }

        var at = _restOfFrame;
        _restOfFrame = 0;
        while (at < length)
        {
            var frame = FrameLength(_bytes.AsSpan(_start + at));
            if (at + frame <= budget)
            {
                at += frame;
                continue;
            }

            if (at > 0 || !isFirst) return at;
            _restOfFrame = frame - budget;
            return budget;
        }

        return at;
    }

    // RFC 6455 §5.2, a frame without a mask.
    private static int FrameLength(ReadOnlySpan<byte> frame) => (frame[1] & 0x7F) switch
    {
        126 => 4 + BinaryPrimitives.ReadUInt16BigEndian(frame[2..]),
        127 => 10 + (int)BinaryPrimitives.ReadUInt64BigEndian(frame[2..]),
        var length => 2 + length,
    };

    private ReadOnlySpan<byte> TakeRun(int length)
    {
        var run = _bytes.AsSpan(_start, length);
        _start += length;
        return run;
    }

    private Span<byte> Reserve(int length)
    {
        if (_bytes.Length - _end >= length) return _bytes.AsSpan(_end);

        var waiting = RunLength;
        var bigger = waiting + length <= BlockSize ? _block ??= new byte[BlockSize] : Buffers.Rent<byte>(Rounded(waiting + length));
        _bytes.AsSpan(_start, waiting).CopyTo(bigger);
        if (bigger != _bytes) ReturnBytes();
        (_bytes, _start, _end) = (bigger, 0, waiting);
        return bigger.AsSpan(waiting);
    }

    // Doubling keeps the copying linear; no more than that, because what waits may take the limit, rounded up, and not a multiple of it.
    private static int Rounded(int length) => (int)Math.Min(BitOperations.RoundUpToPowerOf2((uint)length), (uint)Array.MaxLength);

    private void ReturnBytes()
    {
        if (_bytes.Length > 0 && _bytes != _block) Buffers.Return(_bytes);
    }

    /// <summary>A part of the order: a shared frame or what is left of a batch of frames, or a run of bytes where there is no frame.</summary>
    private struct Piece(SharedFrame? frame, int length, Cause cause)
    {
        public readonly SharedFrame? Frame = frame;
        public int Length = length;
        public readonly Cause Cause = cause;

        public readonly ReadOnlySpan<byte> Bytes => Frame is null ? default : Frame.Bytes[^Length..];
    }
}
