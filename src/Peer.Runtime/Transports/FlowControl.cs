namespace Peers.Transports;

/// <summary>Decides what may wait to be written to one peer, by what caused it, and when the dispatch of the peer's messages stops.</summary>
/// <remarks>
/// <para>
/// <b>Own bytes</b> are what the peer caused: replies, and what its hooks send or publish to it. Above <see cref="PeerOptions.DrainThreshold"/> of them its messages
/// are not dispatched, and one hook may add up to <see cref="PeerOptions.MaxHookBytes"/>; they never close the peer. <b>Bytes of others</b> are what is published to
/// the peer, and sent to it from elsewhere: they are limited by <see cref="PeerOptions.MaxBufferedBytes"/>. Control frames are never refused.
/// </para>
/// <para>Guarded by the lock of the output that it is part of; only <see cref="OwnBytes"/> may be read without it.</para>
/// </remarks>
internal struct FlowControl
{
    private ByteCounts _waiting;

    /// <summary>How many bytes wait, whatever caused them.</summary>
    public readonly int Total => _waiting.Total;

    /// <summary>How many bytes wait that the peer caused itself. May be read without the lock.</summary>
    public int OwnBytes => Volatile.Read(ref _waiting.Own);

    /// <summary>Whether dispatch has been stopped, and has to be resumed once few enough own bytes wait.</summary>
    public bool IsDispatchStopped { get; private set; }

    /// <summary>Whether a message is longer than any that may be sent.</summary>
    public static bool IsTooLong(OutputKind kind, int length, PeerOptions options) =>
        length > options.MaxBufferedBytes && kind is not (OutputKind.Status or OutputKind.Control);

    /// <summary>Which of the counts a kind belongs to.</summary>
    public static Cause CauseOf(OutputKind kind) => kind switch
    {
        OutputKind.Own or OutputKind.Status => Cause.Own,
        OutputKind.Direct or OutputKind.Published => Cause.Others,
        _ => Cause.None,
    };

    /// <summary>Whether so many bytes more may wait.</summary>
    public readonly bool Fits(OutputKind kind, int length, PeerOptions options) => kind switch
    {
        OutputKind.Own => (long)_waiting.Own + length <= options.MaxHookBytes,
        OutputKind.Direct or OutputKind.Published => (long)_waiting.Others + length <= options.MaxBufferedBytes,
        OutputKind.Item => (long)_waiting.Total + length <= options.MaxBufferedBytes,
        _ => true,
    };

    /// <summary>Counts bytes that begin to wait.</summary>
    public void Add(Cause cause, int length) => _waiting.Add(cause, length);

    /// <summary>Counts bytes that no longer wait, because they were written or dropped.</summary>
    public void Remove(ByteCounts bytes) => _waiting.Subtract(bytes);

    /// <summary>Nothing waits any more: the connection is gone.</summary>
    public void Clear() => _waiting = default;

    /// <summary>Stops dispatch where more own bytes wait than may.</summary>
    /// <returns>False where dispatch goes on.</returns>
    public bool TryStopDispatch(PeerOptions options)
    {
        // A stop ends in TryResumeDispatch alone: the owner has messages waiting for that.
        if (_waiting.Own <= options.DrainThreshold) return false;
        return IsDispatchStopped = true;
    }

    /// <summary>Ends a stop of dispatch where few enough own bytes wait, or nothing more is taken anyway.</summary>
    /// <returns>True where there was one: the owner then resumes dispatch.</returns>
    public bool TryResumeDispatch(PeerOptions options, bool isSealed)
    {
        if (!IsDispatchStopped || (!isSealed && _waiting.Own > options.DrainThreshold)) return false;
        IsDispatchStopped = false;
        return true;
    }
}

/// <summary>What caused bytes that wait for a peer.</summary>
internal enum Cause : byte
{
    /// <summary>Neither: items of a stream, which wait until they fit, and control frames.</summary>
    None,
    /// <summary>The peer itself.</summary>
    Own,
    /// <summary>Other peers, and code outside the peer's hooks.</summary>
    Others,
}

/// <summary>How many bytes there are, in all and by cause.</summary>
internal struct ByteCounts
{
    public int Total;
    public int Own;
    public int Others;

    public void Add(Cause cause, int length)
    {
        Total += length;
        if (cause == Cause.Own) Own += length;
        else if (cause == Cause.Others) Others += length;
    }

    public void Subtract(ByteCounts bytes)
    {
        Total -= bytes.Total;
        Own -= bytes.Own;
        Others -= bytes.Others;
    }
}
