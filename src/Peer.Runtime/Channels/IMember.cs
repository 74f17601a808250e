namespace Peers.Channels;

/// <summary>Who is in a channel: the owner of a subscriber.</summary>
internal interface IMember
{
    /// <summary>The id of the peer.</summary>
    PeerId Id { get; }

    /// <summary>Tells of messages of other nodes that are or may be missing. Called under no lock. Must not wait.</summary>
    void Tell(in ChannelGap gap);
}
