using Peers.Transports;
using Peers.WebSockets;

namespace Peers;

/// <summary>How a connection came to its end: the first cause counts. Safe from any thread.</summary>
internal sealed class CloseState
{
    // Guarded by this object, which nobody else knows.
    private CloseCode _code;
    private string _reason = "";
    private bool _isLocal;
    private bool _isSent;
    private bool _isReceived;
    private bool _isOver;
    private bool _hasLeft;
    private CancellationTokenSource? _closed;
    private TaskCompletionSource? _left;
    private long _deadline = long.MaxValue;
    private long _patience = long.MaxValue / 2;
    private long _latest = long.MaxValue;

    /// <summary>Cancelled when the remote end has left.</summary>
    public CancellationToken Closed
    {
        get
        {
            lock (this)
            {
                if (_closed is not null) return _closed.Token;
                if (_isOver) return new CancellationToken(canceled: true);
                return (_closed = new()).Token;
            }
        }
    }

    /// <summary>What the transport threw; null where it threw nothing.</summary>
    public Exception? TransportError { get; set; }

    /// <summary>Completed when the close hook has run.</summary>
    public TaskCompletionSource HooksEnded { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the host no longer counts the peer.</summary>
    public Task WhenLeft
    {
        get
        {
            lock (this)
            {
                if (_hasLeft) return Task.CompletedTask;
                return (_left ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }
        }
    }

    /// <summary>When the connection is ended although the remote end has not finished the closing handshake, as a timestamp; <see cref="long.MaxValue"/> for never.</summary>
    public long Deadline => Volatile.Read(ref _deadline);

    /// <summary>Begins the closing handshake's clock, or shortens it.</summary>
    /// <param name="now">The time, as a timestamp.</param>
    /// <param name="patience">How long to wait while the client does not get any further.</param>
    /// <param name="longest">How long to wait at most.</param>
    public void StartClock(long now, long patience, long longest)
    {
        lock (this)
        {
            _latest = Math.Min(_latest, now + longest);
            _patience = Math.Min(_patience, patience);
            _deadline = Math.Min(_deadline, Math.Min(now + patience, _latest));
        }
    }

    /// <summary>The client has got further with reading: the clock begins again.</summary>
    public void RestartClock(long now)
    {
        lock (this)
        {
            if (_deadline != long.MaxValue) _deadline = Math.Min(now + _patience, _latest);
        }
    }

    /// <summary>Sets the time for the one step that is left, whatever was before.</summary>
    public void SetLastDeadline(long deadline)
    {
        lock (this) _deadline = _latest = deadline;
    }

    /// <summary>Whether the remote end has left.</summary>
    public bool IsOver => Volatile.Read(ref _isOver);

    /// <summary>Whether a close frame was sent, or waits to be.</summary>
    public bool IsSent => Volatile.Read(ref _isSent);

    /// <summary>Appends a close frame to the output and notes its code, as one step. Called inside a turn.</summary>
    /// <returns>False where one was sent before, or nothing can be sent any more.</returns>
    public bool TrySend(PeerOutput output, CloseCode code, string reason)
    {
        Span<byte> frame = stackalloc byte[FrameWriter.MaxHeaderLength + ClosePayload.MaxLength];
        var payload = frame[FrameWriter.MaxHeaderLength..];
        payload = payload[..ClosePayload.Write(payload, code, reason)];
        var header = frame[..FrameWriter.WriteHeader(frame, Opcode.Close, fin: true, payload.Length)];
        lock (this)
        {
            if (!output.AppendLast(header, payload)) return false;
            _isSent = true;
            Note(code, reason, isLocal: true);
            return true;
        }
    }

    /// <summary>Notes a close frame from the remote end.</summary>
    public void Receive(CloseCode code, string reason)
    {
        lock (this)
        {
            _isReceived = true;
            Note(code, reason, isLocal: false);
        }
    }

    /// <summary>Notes that this end cut the connection, which counts more than any code before.</summary>
    public void Terminate()
    {
        lock (this)
        {
            if (!_isOver) (_code, _reason, _isLocal, _isReceived) = (CloseCode.Abnormal, "", true, false);
        }
    }

    /// <summary>The remote end has left: cancels <see cref="Closed"/> and says how it came to that.</summary>
    public CloseEvent End()
    {
        lock (this)
        {
            Note(CloseCode.Abnormal, "", isLocal: false);
            if (!_isOver)
            {
                _isOver = true;
                _ = _closed?.CancelAsync();
            }

            return new CloseEvent(_code, _reason, _isSent && _isReceived, _isLocal ? CloseInitiator.Local : CloseInitiator.Remote);
        }
    }

    /// <summary>The host no longer counts the peer.</summary>
    public void Leave()
    {
        TaskCompletionSource? left;
        lock (this) (_hasLeft, left) = (true, _left);
        left?.TrySetResult();
    }

    private void Note(CloseCode code, string reason, bool isLocal)
    {
        if (_code == default) (_code, _reason, _isLocal) = (code, reason, isLocal);
    }
}
