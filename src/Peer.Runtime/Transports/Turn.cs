namespace Peers.Transports;

/// <summary>
/// One thread's stretch of work, such as all that one read brought. Outputs that were appended to in it are flushed once, at its end,
/// so that what a batch of messages caused goes out together.
/// </summary>
internal sealed class Turn : IDisposable
{
    private static readonly SharedPool<byte[]> s_blocks = new(limit: 8192);
    private static readonly SharedPool<Outbox.Piece[]> s_pieces = new(limit: 8192);
    private static readonly SharedPool<SharedFrame>[] s_frames = [.. Enumerable.Range(0, SharedFrame.Sizes).Select(static _ => new SharedPool<SharedFrame>(limit: 2048))];

    [ThreadStatic]
    private static Turn? t_turn;

    private PeerOutput?[] _corked = new PeerOutput?[16];
    private int _next;
    private int _count;
    private int _depth;
    private bool _isFull;

    /// <summary>This thread's, whether a turn is under way or not.</summary>
    public static Turn OfThread => t_turn ??= new Turn();

    /// <summary>Blocks for the own bytes of outboxes.</summary>
    public LocalPool<byte[]> Blocks { get; } = new(s_blocks);

    /// <summary>The first pieces of outboxes.</summary>
    public LocalPool<Outbox.Piece[]> Pieces { get; } = new(s_pieces);

    /// <summary>Frames for publishing, by the size of what they keep.</summary>
    public LocalPool<SharedFrame>[] Frames { get; } = [.. s_frames.Select(static pool => new LocalPool<SharedFrame>(pool))];

    /// <summary>Begins a turn on this thread, or enters the one that is under way. Every call is matched by <see cref="Dispose"/> on the same thread, whatever is thrown: a turn that is left open never flushes again.</summary>
    public static Turn Enter()
    {
        var turn = OfThread;
        turn._depth++;
        return turn;
    }

    /// <summary>Ends what <see cref="Enter"/> began; the outermost flushes.</summary>
    public void Dispose()
    {
        try
        {
            if (_depth == 1) FlushCorked();
        }
        finally
        {
            _depth--;
        }
    }

    /// <summary>Notes that an output has something to flush. Called under the output's lock.</summary>
    public void Cork(PeerOutput output)
    {
        if (_count == _corked.Length) Array.Resize(ref _corked, _count * 2);
        _corked[_count++] = output;
    }

    /// <summary>Notes that so much waits somewhere that the end of the turn is too far away.</summary>
    public void MarkFull() => _isFull = true;

    /// <summary>Flushes early where <see cref="MarkFull"/> asked for it. Called where no lock is held.</summary>
    public void Relieve()
    {
        if (_isFull) FlushCorked();
    }

    // A flush may run foreign code on this thread, which corks more or gets here again: both are seen, because the cursor is a field.
    private void FlushCorked()
    {
        _isFull = false;
        while (_next < _count)
        {
            var output = _corked[_next]!;
            _corked[_next++] = null;
            output.Flush();
        }

        _next = _count = 0;
    }
}
