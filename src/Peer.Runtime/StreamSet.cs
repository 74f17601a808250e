namespace Peers;

/// <summary>The streams of replies of one peer, which run beside its hooks. Safe from any thread.</summary>
/// <param name="limit">How many may run at once.</param>
internal sealed class StreamSet(int limit)
{
    // Guarded by _lock. There are few: a scan is as good as a dictionary.
    private readonly Lock _lock = new();
    private readonly List<PeerStream> _running = [];
    private readonly Queue<PeerError> _failures = new();
    private bool _isClosed;
    private TaskCompletionSource? _ended;

    /// <summary>Whether none runs.</summary>
    public bool IsEmpty
    {
        get { lock (_lock) return _running.Count == 0; }
    }

    /// <summary>Says why no stream may be opened for a request: the code of the error; null where it may. An <c>$id</c> is compared as it was written.</summary>
    public string? Refuse(ReadOnlySpan<byte> requestId)
    {
        lock (_lock)
        {
            if (Find(requestId) is not null) return "invalid";
            return _running.Count < limit ? null : "busy";
        }
    }

    /// <summary>Adds a stream that is about to run.</summary>
    /// <returns>False where the peer has left or is closed.</returns>
    public bool TryAdd(PeerStream stream)
    {
        lock (_lock)
        {
            if (_isClosed) return false;
            _running.Add(stream);
            return true;
        }
    }

    /// <summary>Removes a stream that has run.</summary>
    public void Remove(PeerStream stream)
    {
        lock (_lock)
        {
            _running.Remove(stream);
            if (_running.Count == 0) _ended?.TrySetResult();
        }
    }

    /// <summary>Cancels the stream of a request.</summary>
    /// <returns>False where none runs.</returns>
    public bool TryCancel(ReadOnlySpan<byte> requestId)
    {
        lock (_lock)
        {
            if (Find(requestId) is not { } stream) return false;
            stream.Cancel(byClient: true);
            return true;
        }
    }

    /// <summary>Cancels all, and takes no more.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
            foreach (var stream in _running) stream.Cancel(byClient: false);
        }
    }

    /// <summary>Completes when none runs any more. Called after <see cref="Close"/>.</summary>
    public Task WhenEnded()
    {
        lock (_lock)
        {
            if (_running.Count == 0) return Task.CompletedTask;
            return (_ended ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Keeps what went wrong until the error hook's turn.</summary>
    public void AddFailure(PeerError error)
    {
        lock (_lock) _failures.Enqueue(error);
    }

    /// <summary>Takes what went wrong first.</summary>
    public PeerError TakeFailure()
    {
        lock (_lock) return _failures.Dequeue();
    }

    private PeerStream? Find(ReadOnlySpan<byte> requestId)
    {
        foreach (var stream in _running)
        {
            if (!requestId.IsEmpty && stream.RequestId.SequenceEqual(requestId)) return stream;
        }

        return null;
    }
}
