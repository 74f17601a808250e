namespace Peers.Transports;

/// <summary>
/// One thread's stretch of work, such as all that one read brought. What was published in it is handed to subscribers once, at its end, and outputs that were
/// appended to are flushed once after that, so that what a batch of messages caused goes out together.
/// </summary>
internal sealed class Turn : IDisposable
{
    private static readonly SharedPool<OutboxList> s_lists = new(limit: 8192);
    private static readonly SharedPool<SharedFrame>[] s_frames = [.. SharedFrame.Kept.ToArray().Select(static kept => new SharedPool<SharedFrame>(limit: kept))];

    [ThreadStatic]
    private static Turn? t_turn;

    private PeerOutput?[] _corked = new PeerOutput?[16];
    private int _next;
    private int _count;
    private int _depth;
    private bool _isFull;

    private readonly ForeignOutputs _foreign = new();
    private IGathering? _gathering;
    private int _handingOut;

    /// <summary>This thread's, whether a turn is under way or not.</summary>
    public static Turn OfThread => t_turn ??= new Turn();

    /// <summary>What outboxes keep more than one shared frame in.</summary>
    public LocalPool<OutboxList> Lists { get; } = new(s_lists);

    /// <summary>Frames for publishing, by the size of what they keep.</summary>
    public LocalPool<SharedFrame>[] Frames { get; } = [.. s_frames.Select(static pool => new LocalPool<SharedFrame>(pool))];

    /// <summary>What is recorded at the end of a turn; null until there was anything.</summary>
    public ITurnTally? Tally { get; set; }

    /// <summary>Whose thread this is: what it serves is flushed here. Null where it serves nobody.</summary>
    public IFlusher? Flusher { get; set; }

    /// <summary>Whose hook ran last in the turn that is under way: what is published in it is caused by that connection. Null where no hook ran.</summary>
    public IOutputOwner? Causer { get; set; }

    /// <summary>Whether nothing on this thread had begun a turn before the one that is under way.</summary>
    public bool IsOutermost => _depth == 1;

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
            if (_depth == 1) End();
        }
        finally
        {
            if (--_depth == 0) Causer = null;
        }
    }

    /// <summary>Notes that an output has something to flush. May be called under the output's lock.</summary>
    public void Cork(PeerOutput output)
    {
        if (_count == _corked.Length) Array.Resize(ref _corked, _count * 2);
        _corked[_count++] = output;
    }

    /// <summary>As <see cref="Cork"/>, for an output that somebody serves: where that is another thread, it may flush it.</summary>
    public void CorkFor(IFlusher flusher, PeerOutput output)
    {
        if (flusher == Flusher) Cork(output);
        else _foreign.Add(output);
    }

    /// <summary>Hands out what anybody else has gathered: what one thread publishes to several channels reaches who is in them in the order of the calls. Called where no lock is held.</summary>
    public void HandOutOthers(IGathering than)
    {
        if (_gathering is not { } other || other == than) return;
        _gathering = null;
        other.HandOut(before: null);
    }

    /// <summary>Notes that something gathers what is for many until this turn ends, or something else does.</summary>
    public void Gather(IGathering gathering) => _gathering = gathering;

    /// <summary>Has everything handed out that <paramref name="before"/> must get before what comes next. Called where no lock is held, or while something is handed out: then it does nothing.</summary>
    public void HandOut(ISubscriber before)
    {
        if (_handingOut == 0) _gathering?.HandOut(before);
    }

    /// <summary>Hands out what is gathered so far: a hook that awaits may go on on another thread. Called where no lock is held.</summary>
    public void HandOutGathered()
    {
        if (_handingOut == 0) HandOutAll();
    }

    /// <summary>Notes that something is handed out, under its lock, until the result is disposed.</summary>
    public HandingOut BeginHandingOut()
    {
        _handingOut++;
        return new(this);
    }

    /// <summary>Notes that so much waits somewhere that the end of the turn is too far away.</summary>
    public void MarkFull() => _isFull = true;

    /// <summary>Flushes what this thread has appended so far. Called where no lock is held.</summary>
    public void FlushEarly()
    {
        _isFull = true;
        Relieve();
    }

    /// <summary>Flushes early where <see cref="MarkFull"/> asked for it. Called where no lock is held.</summary>
    public void Relieve()
    {
        if (_isFull) FlushCorked();
    }

    // What is recorded runs foreign code too.
    private void End()
    {
        FlushCorked();
        while (Tally is { IsEmpty: false } tally)
        {
            tally.Record();
            FlushCorked();
        }
    }

    // Others begin first: they flush while this thread does. A flush may run foreign code here, which corks more or gets here again: both are seen, because the cursor is a field.
    private void FlushCorked()
    {
        _isFull = false;
        do
        {
            HandOutAll();
            if (!_foreign.IsEmpty) _foreign.HandOver(this);
            while (_next < _count)
            {
                var output = _corked[_next]!;
                _corked[_next++] = null;
                output.Flush();
            }
        }
        while (_gathering is not null || !_foreign.IsEmpty);

        _next = _count = 0;
    }

    private void HandOutAll()
    {
        while (_gathering is { } gathering)
        {
            _gathering = null;
            gathering.HandOut(before: null);
        }
    }

    /// <summary>Ends what <see cref="BeginHandingOut"/> began.</summary>
    public readonly ref struct HandingOut(Turn turn)
    {
        /// <inheritdoc cref="IDisposable.Dispose"/>
        public void Dispose() => turn._handingOut--;
    }
}

/// <summary>What is added up during a turn, under whatever lock, and recorded at its end, under none.</summary>
internal interface ITurnTally
{
    /// <summary>Whether there is nothing to record.</summary>
    bool IsEmpty { get; }

    /// <summary>Records what was added up.</summary>
    void Record();
}
