namespace Peers;

/// <summary>One connection's life, top to bottom.</summary>
public sealed class PeerConnection
{
    internal PeerConnection() => Peer = new(this);

    /// <summary>The peer.</summary>
    public Peer Peer { get; }

    internal string? Route(string name) => throw new NotSupportedException();

    /// <summary>Takes bytes from the transport.</summary>
    public void Receive(Memory<byte> bytes) => throw new NotSupportedException();
}
