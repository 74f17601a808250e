namespace Peers;

/// <summary>One end of one connection, as hooks receive it.</summary>
public sealed class Peer
{
    private readonly PeerConnection _connection;

    internal Peer(PeerConnection connection) => _connection = connection;

    /// <summary>A route value, or null.</summary>
    public string? Route(string name) => _connection.Route(name);

    /// <summary>Joins a channel. Joining twice is joining once.</summary>
    public void Subscribe<TEvent>(PeerChannel<TEvent> channel) => Subscribe(channel.Name);

    /// <summary>Joins a channel by its bare name.</summary>
    public void Subscribe(string channel) => throw new NotSupportedException();

    /// <summary>The request headers listed in <see cref="PeerOptions.CapturedHeaders"/>.</summary>
    public IReadOnlyDictionary<string, string> Headers => throw new NotSupportedException();

    /// <summary>What a transport or middleware adds.</summary>
    public PeerContext Context => throw new NotSupportedException();
}
