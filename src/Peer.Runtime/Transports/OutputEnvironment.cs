namespace Peers.Transports;

/// <summary>What all outputs of an endpoint share. What is asked of it touches nothing of a single peer, which costs a cache miss for each of many.</summary>
/// <param name="Options">The limits.</param>
internal abstract record OutputEnvironment(PeerOptions Options)
{
    /// <summary>Bytes were handed to a transport. Called where no lock is held.</summary>
    public abstract void Written(int bytes);

    /// <summary>More than the drain threshold began to wait for a peer. Called where no lock is held.</summary>
    public abstract void Pressed();

    /// <summary>A message was dropped under the policy. Called under an output's lock: count, and do nothing else.</summary>
    public abstract void MessageDropped();
}
