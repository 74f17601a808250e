using System.IO.Pipelines;
using Peers.Interop;
using Peers.Transports;

namespace Peers;

// Bytes out: sent by whoever has them; what the kernel does not take at once waits for the loop.
internal sealed partial class LoopConnection
{
    // With hooks on the thread pool a flush may run one that blocks: not on the loop.
    internal override IFlusher? Flusher => listener.Transport.Options is { Loops: > 1, RunHooksOnThreadPool: false } ? loop : null;

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

    internal override bool TryGetAcknowledged(out long bytes, out bool isOutstanding) => TryRead(out bytes, out isOutstanding);

    /// <inheritdoc/>
    public bool TryRead(out long bytes, out bool isOutstanding)
    {
        Span<byte> info = stackalloc byte[TcpInfo.Length];
        var length = info.Length;

        // The heartbeat asks: the number of a socket that is closed may be another connection's.
        lock (this)
        {
            if (!_isSocketClosed && Libc.GetOption(socket, TcpInfo.Level, TcpInfo.Option, ref info[0], ref length) == 0) return TcpInfo.TryParse(info[..length], out bytes, out isOutstanding);
        }

        (bytes, isOutstanding) = (0, false);
        return false;
    }

    /// <summary>Sends what was written; the rest is kept until the socket takes it.</summary>
    public void Send(ReadOnlySpan<byte> bytes)
    {
        if (_unsent is null or { IsEmpty: true } && !_isBroken) bytes = bytes[SendNow(bytes)..];
        if (!bytes.IsEmpty && !_isBroken) (_unsent ??= new(RunsHooksElsewhere)).Add(bytes);
    }

    private int SendNow(ReadOnlySpan<byte> bytes)
    {
        var sent = 0;
        while (sent < bytes.Length)
        {
            loop.Calls.CountSend(loop.IsCurrent);
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
}
