using System.IO.Pipelines;

namespace Peers;

/// <summary>Where a connection's bytes come from and go to: it hands every byte it reads to the connection and writes what it is given.</summary>
/// <remarks>Knows no frames. Reading and writing go on side by side; neither side is called twice at once.</remarks>
public abstract class PeerTransport
{
    /// <summary>Reads until the end of the stream, handing everything to <see cref="PeerConnection.Receive"/>.</summary>
    /// <remarks>
    /// After <see cref="ReceiveResult.Pause"/> it awaits <see cref="PeerConnection.WhenReadable"/> and does what that says. While
    /// <see cref="PeerConnection.HoldsInput"/> is set, the memory handed over last is lent to a hook and must stay as it is
    /// until <see cref="ReleaseInput"/> is called.
    /// </remarks>
    /// <returns>Completes when the remote end finished, the connection asked to stop, or <see cref="Abort"/> was called. Throws what the transport throws.</returns>
    public abstract Task ReadAllAsync(PeerConnection connection);

    /// <summary>Whether the transport reads by <see cref="StartReading"/>, and <see cref="ReadAllAsync"/> is not for it.</summary>
    public virtual bool ReadsWithoutTask => false;

    /// <summary>Begins to read as <see cref="ReadAllAsync"/> does, and calls <see cref="PeerConnection.EndReading"/> when that would complete.</summary>
    public virtual void StartReading(PeerConnection connection) => throw new NotSupportedException($"'{GetType().Name}' reads by ReadAllAsync.");

    /// <summary>Gives back the memory that was lent. Called on any thread, while reading may be under way.</summary>
    public abstract void ReleaseInput();

    /// <summary>Takes bytes to be written. They are copied before it returns.</summary>
    public abstract void Write(ReadOnlySpan<byte> bytes);

    /// <summary>As <see cref="Write"/>, where <see cref="FlushAsync"/> follows at once on the same thread: a transport may send these bytes without copying them.</summary>
    public virtual void WriteLast(ReadOnlySpan<byte> bytes) => Write(bytes);

    /// <summary>Writes what was taken; waits while the remote end is slow.</summary>
    /// <returns>Completed or canceled when the connection is gone.</returns>
    public abstract ValueTask<FlushResult> FlushAsync();

    /// <summary>Ends the output after everything was flushed. Nothing is written afterwards.</summary>
    /// <remarks>Where memory that is lent belongs to somebody who takes it back after <see cref="PeerConnection.RunAsync"/>, this waits until <see cref="ReleaseInput"/>, however long a hook takes.</remarks>
    public abstract ValueTask CompleteAsync();

    /// <summary>Ends reading: <see cref="ReadAllAsync"/> returns. What was taken is still written. Safe from any thread, any number of times.</summary>
    public virtual void StopReading() => Abort();

    // Who reads and writes for the connection, where that is one thread of several; the same as long as it lives.
    internal virtual Transports.IFlusher? Flusher => null;

    // At the next beat after it asked the connection for attention, for a transport that waits until more has come: from any thread.
    internal virtual void TakeWhatCame()
    {
    }

    // How many bytes the client's system has acknowledged, counted from an arbitrary number, and whether it has still to acknowledge some that were written. False where
    // the transport does not know that. Called by the heartbeat, while writing may be under way.
    internal virtual bool TryGetAcknowledged(out long bytes, out bool isOutstanding)
    {
        (bytes, isOutstanding) = (0, false);
        return false;
    }

    /// <summary>Ends both directions at once. Safe from any thread, any number of times.</summary>
    public abstract void Abort();

    // The connection has ended, and what stands below may be somebody else's the next moment: from the return on nothing there is cut.
    internal virtual void LetGo()
    {
    }
}

/// <summary>What a transport does after the connection took its bytes.</summary>
public enum ReceiveResult
{
    /// <summary>Read on.</summary>
    Continue,
    /// <summary>Reading stops for now, because too much waits or others have to have their turn: read on after <see cref="PeerConnection.WhenReadable"/>.</summary>
    Pause,
    /// <summary>Nothing more is wanted: the closing handshake is done.</summary>
    Stop,
}
