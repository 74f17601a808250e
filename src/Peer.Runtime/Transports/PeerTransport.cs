namespace Peers;

/// <summary>Where a connection's bytes come from and go to: it hands every byte it reads to the connection and writes what it is given.</summary>
/// <remarks>Knows no frames. Reading and writing go on side by side; neither is called twice at once.</remarks>
public abstract class PeerTransport
{
    /// <summary>Reads until the end of the stream, handing everything to <see cref="PeerConnection.Receive"/>.</summary>
    /// <returns>Completes when the remote end finished, the connection asked to stop, or <see cref="Abort"/> was called. Throws what the transport throws.</returns>
    public abstract Task ReadAllAsync(PeerConnection connection);

    /// <summary>Takes bytes to be written. They are copied before it returns.</summary>
    public abstract void Write(ReadOnlySpan<byte> bytes);

    /// <summary>Writes what was taken.</summary>
    /// <returns>True when it was handed to the network, false when the connection is gone. Waits while the remote end is slow.</returns>
    public abstract ValueTask<bool> FlushAsync();

    /// <summary>Ends both directions at once. Safe from any thread, any number of times.</summary>
    public abstract void Abort();
}
