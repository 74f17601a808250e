using Microsoft.AspNetCore.Connections;
using Peers.Interop;
using Peers.Transports;

namespace Peers;

/// <summary>One accepted socket on its loop: HTTP over pipes first, then, once detached, a peer that is read and written here with nothing between.</summary>
/// <remarks>
/// The loop alone watches and closes. Sending is for whoever has something to send, from any thread but one at a time; only what the
/// kernel does not take at once waits for the loop.
/// </remarks>
internal sealed partial class LoopConnection(EventLoop loop, int socket, EventLoopListener listener) : PeerTransport, IPollable, ITimed, IAcknowledgements
{
    // How long a client has to finish its half after we ended ours: closing sooner resets it if it still sends, which could lose it the last frame.
    private const int LingerMilliseconds = 1000;
    private const int ReadSizeElsewhere = 16 * 1024;

    // Loop thread: what is watched, and who gets what is read.
    private int _key = -1;
    private Readiness _watched;
    private bool _isReading;
    private bool _isRemoteEnded;
    private bool _isClosed;
    private bool _isLingering;
    private long _lingerEnd;
    private HttpConnection? _http;
    private PeerConnection? _peer;
    private bool _isServing;
    private byte[]? _leftover;
    private bool _isReadingElsewhere;
    private bool _isEndWanted;
    private ReceiveResult _resultElsewhere;

    // Input that a hook borrowed, until it is released.
    private byte[]? _lent;

    // Write side: the sender's, until it waits; then the loop's, until that is over.
    private UnsentBytes? _unsent;
    private bool _isWaiting;
    private volatile bool _isBroken;
    private volatile bool _isAborted;

    // Guarded by lock (this), which is held for a system call at most and nothing else.
    private bool _isSocketClosed;

    public EventLoop Loop => loop;

    /// <summary>The listener that accepted the connection.</summary>
    public EventLoopListener Listener => listener;

    /// <summary>The peer, once there is one.</summary>
    public PeerConnection? Peer => Volatile.Read(ref _peer);

    /// <summary>Whether nothing can be sent or received any more.</summary>
    public bool IsLost => _isBroken;

    /// <summary>Begins to read for HTTP. Loop thread.</summary>
    /// <returns>False where the system has no room, and the socket is closed.</returns>
    public bool TryStart(HttpConnection http)
    {
        (_http, _isReading, _watched) = (http, true, Readiness.Readable);
        _key = loop.Add(socket, this, _watched);
        if (_key >= 0) return true;
        Close();
        return false;
    }

    /// <summary>Gives what is read from now on to a peer. Loop thread.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="leftover">What HTTP has not read.</param>
    /// <param name="run">Serves the peer.</param>
    public void Detach(PeerConnection peer, byte[] leftover, Action<PeerTransport> run)
    {
        (_http, _leftover) = (null, leftover);
        Volatile.Write(ref _peer, peer);
        SetReading(false);
        if (RunsHooksElsewhere) ThreadPool.UnsafeQueueUserWorkItem(state => run(state), this, preferLocal: false);
        else run(this);
    }

    /// <inheritdoc/>
    public override ValueTask CompleteAsync()
    {
        loop.Post(static connection => ((LoopConnection)connection).Finish(), this);
        return default;
    }

    /// <inheritdoc/>
    public override void StopReading() => loop.Post(static connection => ((LoopConnection)connection).EndReading(), this);

    /// <inheritdoc/>
    public override void Abort()
    {
        _isAborted = true;
        loop.Post(static connection => ((LoopConnection)connection).Cut(), this);
    }

    /// <summary>Whether more is read. Loop thread.</summary>
    public void SetReading(bool isReading)
    {
        _isReading = isReading;
        Watch();
    }

    /// <summary>HTTP takes more again. Loop thread.</summary>
    public void ResumeHttp()
    {
        if (_http is not null && !_isBroken) SetReading(true);
    }

    /// <inheritdoc/>
    public void OnReady(Readiness readiness)
    {
        if (_isWaiting && (readiness & Readiness.Writable) != Readiness.None) SendUnsent();
        if (_isReading && (readiness & ~Readiness.Writable) != Readiness.None) Read();
        else if ((readiness & (Readiness.Failed | Readiness.HungUp)) != Readiness.None) Lose();
    }

    /// <inheritdoc/>
    public bool OnTick(long now)
    {
        if (!_isClosed && now >= _lingerEnd) Close();
        return !_isClosed;
    }

    /// <inheritdoc/>
    public void Fail() => Abort();

    /// <inheritdoc/>
    public void End() => Cut();

    private void Close()
    {
        if (_isClosed) return;
        _isClosed = true;
        Lose();
        if (_isReadingElsewhere) return;
        CloseSocket();
    }

    // We have sent our last byte; the client may still be sending.
    private void Finish()
    {
        if (_isClosed) return;
        if (_isBroken || _isAborted || _isRemoteEnded || Libc.Shutdown(socket, Libc.ShutdownWrite) < 0)
        {
            Close();
            return;
        }

        (_isLingering, _lingerEnd) = (true, loop.Now + LingerMilliseconds);
        SetReading(true);
        loop.Remind(this);
    }

    // Not closed before nobody can be sending any more: the number of the socket may be another connection's the next moment.
    private void Cut()
    {
        if (_isClosed) return;
        Libc.SetOption(socket, Libc.SocketLevel, Libc.Linger, value: 1, length: sizeof(long));
        Libc.Shutdown(socket, Libc.ShutdownBoth);
        Lose();
    }

    private void CloseSocket()
    {
        lock (this)
        {
            _isSocketClosed = true;
            Libc.Close(socket);
        }

        listener.Transport.Closed();
    }

    // The connection is gone. Whoever reads or waits to send is told, and its events are not asked for any more: they would come for ever.
    private void Lose()
    {
        _isBroken = true;
        _isReading = false;
        if (_key >= 0)
        {
            loop.Remove(socket, _key);
            _key = -1;
        }

        if (_isWaiting) SendUnsent();
        _http?.Lose();
        if (_isReadingElsewhere)
        {
            _peer!.StopTaking();
            return;
        }

        if (_isServing) EndServing(_isAborted ? null : new ConnectionResetException("The connection was reset."));
        if (_isLingering) Close();
    }

    private void Watch()
    {
        if (_key < 0) return;
        var wanted = (_isReading ? Readiness.Readable : Readiness.None) | (_isWaiting ? Readiness.Writable : Readiness.None);
        if (wanted == _watched) return;
        _watched = wanted;
        loop.Watch(socket, _key, wanted);
    }
}
