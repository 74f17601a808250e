using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;
using Peers.Interop;

namespace Peers;

/// <summary>One accepted socket on its loop: HTTP over pipes first, then, once detached, a peer that is read and written here with nothing between.</summary>
/// <remarks>
/// The loop alone watches and closes. Sending is for whoever has something to send, from any thread but one at a time; only what the
/// kernel does not take at once waits for the loop.
/// </remarks>
internal sealed class LoopConnection(EventLoop loop, int socket, EventLoopTransport transport) : PeerTransport, IPollable, ITimed
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
    private TaskCompletionSource? _reading;
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

    public EventLoop Loop => loop;

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
    public override Task ReadAllAsync(PeerConnection connection)
    {
        var reading = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var leftover = _leftover ?? [];
        _leftover = null;

        // The array is nobody else's: a hook may keep it as long as it likes.
        var result = leftover.Length > 0 ? connection.Receive(leftover) : ReceiveResult.Continue;
        if (loop.IsCurrent) BeginReading(reading, result);
        else loop.Post(_ => BeginReading(reading, result), this);
        return reading.Task;
    }

    /// <inheritdoc/>
    public override void ReleaseInput()
    {
        if (Interlocked.Exchange(ref _lent, null) is { } buffer) ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> bytes) => Corked.OfThread.Add(this, bytes);

    /// <inheritdoc/>
    public override void WriteLast(ReadOnlySpan<byte> bytes)
    {
        if (Corked.IsEmpty) Send(bytes);
        else Corked.OfThread.Add(this, bytes);
    }

    /// <inheritdoc/>
    public override ValueTask<FlushResult> FlushAsync()
    {
        Corked.SendAny(this);
        if (_unsent is not { IsEmpty: false } unsent) return new(new FlushResult(isCanceled: false, isCompleted: _isBroken));
        var sent = unsent.WhenSent();
        loop.Post(static connection => ((LoopConnection)connection).WaitToSend(), this);
        return sent;
    }

    /// <summary>Sends what was written; the rest is kept until the socket takes it.</summary>
    public void Send(ReadOnlySpan<byte> bytes)
    {
        if (_unsent is null or { IsEmpty: true } && !_isBroken) bytes = bytes[SendNow(bytes)..];
        if (!bytes.IsEmpty && !_isBroken) (_unsent ??= new(RunsHooksElsewhere)).Add(bytes);
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
    public void Close()
    {
        if (_isClosed) return;
        _isClosed = true;
        Lose();
        if (_isReadingElsewhere) return;
        CloseSocket();
    }

    /// <summary>Receives what came. Zero at the end of the stream; below zero where nothing came, or the connection is lost, which is known then. Loop thread.</summary>
    public int Receive(Span<byte> buffer)
    {
        var length = ReceiveNow(buffer);
        if (length == 0) _isRemoteEnded = true;
        else if (length < 0 && _isBroken) Lose();
        return length;
    }

    private int ReceiveNow(Span<byte> buffer)
    {
        var length = (int)Libc.Receive(socket, ref MemoryMarshal.GetReference(buffer), buffer.Length, 0);
        if (length < 0 && Libc.LastError is not (Libc.Again or Libc.Interrupted)) _isBroken = true;
        return length;
    }

    private bool RunsHooksElsewhere => transport.Options.RunHooksOnThreadPool;

    private void BeginReading(TaskCompletionSource reading, ReceiveResult result)
    {
        _reading = reading;
        if (_isBroken) Lose();
        else if (_isRemoteEnded || _isEndWanted) EndReading();
        else if (result == ReceiveResult.Continue) SetReading(true);
        else HandleResult(result);
    }

    private void Read()
    {
        if (_http is { } http) http.ReadFrom(this);
        else if (_isLingering) Discard();
        else if (RunsHooksElsewhere) ReadElsewhere();
        else ReadHere();
    }

    private void ReadHere()
    {
        var buffer = loop.ReceiveBuffer;
        var length = Receive(buffer);
        if (length > 0) HandleResult(Hand(_peer!, buffer.AsMemory(0, length)));
        else if (length == 0) EndReading();
    }

    // Hooks may block there: nothing more is read meanwhile, and the loop goes on.
    private void ReadElsewhere()
    {
        SetReading(false);
        _isReadingElsewhere = true;
        ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.ReadAndReturn(), this, preferLocal: false);
    }

    private void ReadAndReturn()
    {
        try
        {
            var buffer = ArrayPool<byte>.Shared.Rent(ReadSizeElsewhere);
            var length = ReceiveNow(buffer);
            _resultElsewhere = length > 0 ? Hand(_peer!, buffer.AsMemory(0, length)) : length == 0 ? ReceiveResult.Stop : ReceiveResult.Continue;
            ArrayPool<byte>.Shared.Return(buffer);
        }
        catch (Exception exception)
        {
            loop.Log.Failed(exception);
            Abort();
        }

        loop.Post(static connection => ((LoopConnection)connection).ReturnFromElsewhere(), this);
    }

    // What ended meanwhile has waited for this: whoever is told that reading is over may free what was read into.
    private void ReturnFromElsewhere()
    {
        _isReadingElsewhere = false;
        if (_isClosed) CloseSocket();
        if (_isBroken) Lose();
        else if (_isEndWanted) EndReading();
        else if (_resultElsewhere == ReceiveResult.Continue) SetReading(_reading is not null);
        else HandleResult(_resultElsewhere);
    }

    private void HandleResult(ReceiveResult result)
    {
        if (result == ReceiveResult.Stop) EndReading();
        else if (result == ReceiveResult.Pause) Pause();
    }

    // What a hook may keep is copied first: the buffer that everyone is read into stays.
    private ReceiveResult Hand(PeerConnection peer, Memory<byte> bytes)
    {
        if (!peer.MayHoldInput) return peer.Receive(bytes);

        var copy = ArrayPool<byte>.Shared.Rent(bytes.Length);
        bytes.CopyTo(copy);
        var result = peer.Receive(copy.AsMemory(0, bytes.Length));
        if (!peer.HoldsInput || Volatile.Read(ref _lent) is not null)
        {
            ArrayPool<byte>.Shared.Return(copy);
            return result;
        }

        // The hook may end before or after this: whoever comes second returns the buffer.
        Interlocked.Exchange(ref _lent, copy);
        if (!peer.HoldsInput) ReleaseInput();
        return result;
    }

    private void Pause()
    {
        SetReading(false);
        _ = ResumeAsync(_peer!.WhenReadable());
    }

    private async Task ResumeAsync(Task<ReceiveResult> readable)
    {
        try
        {
            if (await readable.ConfigureAwait(false) == ReceiveResult.Stop) StopReading();
            else loop.Post(static connection => ((LoopConnection)connection).Resume(), this);
        }
        catch (Exception exception)
        {
            loop.Log.Failed(exception);
            Abort();
        }
    }

    private void Resume() => SetReading(_reading is not null && !_isBroken);

    private void Discard()
    {
        if (Receive(loop.ReceiveBuffer) == 0) Close();
    }

    private void EndReading()
    {
        SetReading(false);
        _isEndWanted = true;
        if (_isReadingElsewhere) return;
        var reading = _reading;
        _reading = null;
        reading?.TrySetResult();
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
        Libc.Close(socket);
        transport.Closed();
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
        if (_isReadingElsewhere) return;
        var reading = _reading;
        _reading = null;
        if (_isAborted) reading?.TrySetResult();
        else reading?.TrySetException(new ConnectionResetException("The connection was reset."));
        if (_isLingering) Close();
    }

    private int SendNow(ReadOnlySpan<byte> bytes)
    {
        var sent = 0;
        while (sent < bytes.Length)
        {
            var length = (int)Libc.Send(socket, in bytes[sent], bytes.Length - sent, Libc.NoSignal);
            if (length >= 0)
            {
                sent += length;
                continue;
            }

            var error = Libc.LastError;
            if (error == Libc.Interrupted) continue;
            if (error != Libc.Again) _isBroken = true;
            break;
        }

        return sent;
    }

    private void WaitToSend()
    {
        _isWaiting = true;
        if (_isBroken) SendUnsent();
        else Watch();
    }

    private void SendUnsent()
    {
        var unsent = _unsent!;
        if (!_isBroken) unsent.Take(SendNow(unsent.Bytes));
        if (!_isBroken && !unsent.IsEmpty) return;

        _isWaiting = false;
        Watch();
        unsent.Complete(_isBroken);
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
