namespace Peers.Transports;

/// <summary>What stands below a transport and can be cut, as long as it still belongs to its peer: servers reuse connections and requests.</summary>
/// <param name="owner">What is cut; null where nothing stands below.</param>
/// <param name="cut">Cuts it. Keeps nothing of the peer's.</param>
internal struct Below(object? owner, Action<object> cut)
{
    // Guarded by the transport that this is part of.
    private object? _owner = owner;

    /// <summary>Cuts it, once, unless it was let go.</summary>
    public void Cut(PeerTransport transport)
    {
        lock (transport)
        {
            if (_owner is not { } owner) return;
            _owner = null;
            cut(owner);
        }
    }

    /// <summary>From its return on nothing is cut any more.</summary>
    public void LetGo(PeerTransport transport)
    {
        lock (transport) _owner = null;
    }
}
