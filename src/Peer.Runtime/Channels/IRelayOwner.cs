using System.Buffers;
using Peers.Transports;

namespace Peers.Channels;

/// <summary>What the relay needs of its host: frames, which it does not know, and somebody to tell. Nothing here may throw.</summary>
internal interface IRelayOwner
{
    /// <summary>Encodes a message that came, once for all subscribers.</summary>
    SharedFrame Encode(string channel, in ReadOnlySequence<byte> payload, bool isBinary, bool compress);

    /// <summary>A question of another node's; the answer is for it alone.</summary>
    void Answer(uint node, ReadOnlySpan<byte> question, ControlWriter answer);

    /// <summary>A message was taken for the other nodes.</summary>
    void Sent(long length);

    /// <summary>A message did not fit into the queue to the backplane.</summary>
    void OutgoingDropped(string channel);

    /// <summary>The backplane did not take a message.</summary>
    void PublishFailed(string channel, Exception exception);

    /// <summary>The backplane did not take the subscription of a channel that has subscribers here; it is tried again.</summary>
    void SubscribeFailed(string channel, Exception exception);

    /// <summary>Something came that no node of this version wrote.</summary>
    void NotUnderstood(string channel);

    /// <summary>What another node asked or told this one did not fit beside what waits.</summary>
    void ControlDropped(uint node);

    /// <summary>A message came for subscribers here.</summary>
    void Received(string channel, long length);

    /// <summary>A gap was found in a channel that has subscribers here.</summary>
    void GapFound(in ChannelGap gap);

    /// <summary>The connection was interrupted and is back.</summary>
    /// <param name="channel">The channel that it happened to, which has subscribers here; null for all.</param>
    void Interrupted(string? channel);

    /// <summary>Another node was heard for the first time, or is gone.</summary>
    void NodeChanged(uint node, NodeChange change);
}

/// <summary>What became of another node.</summary>
internal enum NodeChange
{
    Joined,
    Left,
    Lost,
}
