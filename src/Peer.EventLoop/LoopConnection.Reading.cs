using System.Runtime.InteropServices;
using Peers.Interop;

namespace Peers;

// Bytes in: read for HTTP, or handed to the peer, on the loop or elsewhere.
internal sealed partial class LoopConnection
{
    /// <inheritdoc/>
    public override bool ReadsWithoutTask => true;

    /// <inheritdoc/>
    public override Task ReadAllAsync(PeerConnection connection) => throw new NotSupportedException("A loop reads without a task.");

    /// <inheritdoc/>
    public override void StartReading(PeerConnection connection)
    {
        var leftover = _leftover ?? [];
        _leftover = null;

        // The array is nobody else's: a hook may keep it as long as it likes.
        var result = leftover.Length > 0 ? connection.Receive(leftover) : ReceiveResult.Continue;
        if (loop.IsCurrent) BeginReading(result);
        else loop.Post(_ => BeginReading(result), this);
    }

    /// <inheritdoc/>
    public override void ReleaseInput()
    {
        if (Interlocked.Exchange(ref _lent, null) is { } buffer) Buffers.Return(buffer);
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
        loop.Calls.Receives++;
        var length = (int)Libc.Receive(socket, ref MemoryMarshal.GetReference(buffer), buffer.Length, 0);
        if (length < 0 && Libc.LastError is not (Libc.Again or Libc.Interrupted)) _isBroken = true;
        return length;
    }

    private bool RunsHooksElsewhere => listener.Transport.Options.RunHooksOnThreadPool;

    private void BeginReading(ReceiveResult result)
    {
        _isServing = true;
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
            var buffer = Buffers.Rent<byte>(ReadSizeElsewhere);
            var length = ReceiveNow(buffer);
            _resultElsewhere = length > 0 ? Hand(_peer!, buffer.AsMemory(0, length)) : length == 0 ? ReceiveResult.Stop : ReceiveResult.Continue;
            Buffers.Return(buffer);
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
        else if (_resultElsewhere == ReceiveResult.Continue) SetReading(_isServing);
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

        var copy = Buffers.Rent<byte>(bytes.Length);
        bytes.CopyTo(copy);
        var result = peer.Receive(copy.AsMemory(0, bytes.Length));
        if (!peer.HoldsInput || Volatile.Read(ref _lent) is not null)
        {
            Buffers.Return(copy);
            return result;
        }

        // The hook may end before or after this: whoever comes second returns the buffer.
        Interlocked.Exchange(ref _lent, copy);
        if (!peer.HoldsInput) ReleaseInput();
        return result;
    }

    // What was read and not taken yet is taken elsewhere, as if it were read there.
    private void Pause()
    {
        SetReading(false);
        _isReadingElsewhere = true;
        _ = ResumeAsync();
    }

    private async Task ResumeAsync()
    {
        _resultElsewhere = ReceiveResult.Stop;
        try
        {
            _resultElsewhere = await _peer!.WhenReadable().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            loop.Log.Failed(exception);
            Abort();
        }

        loop.Post(static connection => ((LoopConnection)connection).ReturnFromElsewhere(), this);
    }

    private void Discard()
    {
        if (Receive(loop.ReceiveBuffer) == 0) Close();
    }

    private void EndReading()
    {
        SetReading(false);
        _isEndWanted = true;
        if (_isReadingElsewhere) _peer!.StopTaking();
        else if (_isServing) EndServing(failure: null);
    }

    private void EndServing(Exception? failure)
    {
        _isServing = false;
        _peer!.EndReading(failure);
    }
}
