using System.Collections;
using System.Collections.Concurrent;

namespace Peers;

/// <summary>The connections of a host by the ids of their peers. Safe from any thread; enumerating takes no lock and sees them as they are meanwhile.</summary>
internal sealed class PeerRegistry : IEnumerable<PeerConnection>
{
    // A connection is its own key, which is smaller by its id than one that is kept beside it.
    private readonly ConcurrentDictionary<PeerConnection, bool> _connections = new(ById.Instance);
    private readonly ConcurrentDictionary<PeerConnection, bool>.AlternateLookup<PeerId> _byId;

    public PeerRegistry() => _byId = _connections.GetAlternateLookup<PeerId>();

    public int Count => _connections.Count;

    public bool TryAdd(PeerConnection connection) => _connections.TryAdd(connection, true);

    public bool TryRemove(PeerConnection connection) => _connections.TryRemove(connection, out _);

    public PeerConnection? Find(PeerId id) => _byId.TryGetValue(id, out var connection, out _) ? connection : null;

    public IEnumerator<PeerConnection> GetEnumerator()
    {
        foreach (var (connection, _) in _connections) yield return connection;
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private sealed class ById : IEqualityComparer<PeerConnection>, IAlternateEqualityComparer<PeerId, PeerConnection>
    {
        public static readonly ById Instance = new();

        public bool Equals(PeerConnection? one, PeerConnection? other) => one == other;

        public int GetHashCode(PeerConnection connection) => connection.Id.GetHashCode();

        public bool Equals(PeerId id, PeerConnection connection) => id == connection.Id;

        public int GetHashCode(PeerId id) => id.GetHashCode();

        public PeerConnection Create(PeerId id) => throw new NotSupportedException("A connection is added as itself.");
    }
}
