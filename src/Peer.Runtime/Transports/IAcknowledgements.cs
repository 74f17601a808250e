namespace Peers.Transports;

/// <summary>What a connection knows about the bytes that the client's system has acknowledged. A server offers it as a feature of the connection; from any thread.</summary>
internal interface IAcknowledgements
{
    /// <summary>Reads it, with one system call.</summary>
    /// <param name="bytes">How many bytes were acknowledged so far.</param>
    /// <param name="isOutstanding">Whether bytes that were written are still to be acknowledged.</param>
    /// <returns>False where the system does not tell, or the connection is gone.</returns>
    bool TryRead(out long bytes, out bool isOutstanding);
}
