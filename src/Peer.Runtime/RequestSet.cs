namespace Peers;

/// <summary>What one peer was asked and has not answered. Safe from any thread.</summary>
/// <param name="limit">How many may be unanswered at once.</param>
internal sealed class RequestSet(int limit)
{
    private static readonly List<PendingRequest> s_none = [];

    // Guarded by _lock.
    private readonly Lock _lock = new();
    private readonly Dictionary<long, PendingRequest> _waiting = [];
    private long _lastId;
    private bool _isClosed;

    /// <summary>How many are unanswered.</summary>
    public int Count
    {
        get { lock (_lock) return _waiting.Count; }
    }

    /// <summary>Adds a request and gives it its id.</summary>
    /// <returns>Null, or why it may not be sent.</returns>
    public PeerRequestFailure? Add(PendingRequest request)
    {
        lock (_lock)
        {
            if (_isClosed) return PeerRequestFailure.Closed;
            if (_waiting.Count >= limit) return PeerRequestFailure.TooMany;
            request.Id = ++_lastId;
            _waiting.Add(request.Id, request);
            return null;
        }
    }

    /// <summary>Forgets a request that nobody waits for any more.</summary>
    public void Remove(PendingRequest request)
    {
        lock (_lock) _waiting.Remove(request.Id);
    }

    /// <summary>Takes a text that answers a request. One that nobody waits for any more is taken too.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isAwaited">Whether somebody waited for it.</param>
    /// <returns>False where the text answers nothing that was ever asked.</returns>
    public bool TryTake(ReadOnlySpan<byte> text, out bool isAwaited)
    {
        isAwaited = false;
        if (!ReplyEnvelope.TryRead(text, out var envelope)) return false;

        PendingRequest? request;
        lock (_lock)
        {
            if (envelope.Id <= 0 || envelope.Id > _lastId) return false;
            _waiting.Remove(envelope.Id, out request);
        }

        isAwaited = request is not null;
        request?.Take(text, in envelope);
        return true;
    }

    /// <summary>Ends what is not answered by now.</summary>
    /// <returns>When the next is due; <see cref="long.MaxValue"/> where none is waited for, or for ever.</returns>
    public long Expire(long now)
    {
        var due = TakeDue(now, out var next);
        foreach (var request in due) request.Fail(new TimeoutException($"The peer did not answer '{request.Type}' in time."));
        return next;
    }

    /// <summary>Nothing comes any more: ends all, and takes no more.</summary>
    public void Close()
    {
        lock (_lock) _isClosed = true;
        foreach (var request in TakeDue(long.MaxValue, out _)) request.Fail(new PeerRequestException(PeerRequestFailure.Closed, $"The peer left without answering '{request.Type}'."));
    }

    private List<PendingRequest> TakeDue(long now, out long next)
    {
        List<PendingRequest>? due = null;
        next = long.MaxValue;
        lock (_lock)
        {
            foreach (var (_, request) in _waiting)
            {
                if (now >= request.Deadline) (due ??= []).Add(request);
                else next = Math.Min(next, request.Deadline);
            }

            foreach (var request in due ?? s_none) _waiting.Remove(request.Id);
        }

        return due ?? s_none;
    }
}
