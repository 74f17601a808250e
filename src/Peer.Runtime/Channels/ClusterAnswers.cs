namespace Peers;

/// <summary>How many peers are in a channel, on all nodes that answered.</summary>
/// <param name="Count">How many.</param>
/// <param name="Answered">The nodes that were counted, this one first.</param>
/// <param name="Missing">The nodes that were there when the question was asked and did not answer in time.</param>
public sealed record ChannelCount(int Count, IReadOnlyList<uint> Answered, IReadOnlyList<uint> Missing);

/// <summary>Which peers are in a channel, on all nodes that answered.</summary>
/// <param name="Peers">The peers, in no order.</param>
/// <param name="Answered">The nodes that were asked and answered, this one first.</param>
/// <param name="Missing">The nodes that were there when the question was asked and did not answer in time.</param>
public sealed record ChannelList(IReadOnlyList<PeerId> Peers, IReadOnlyList<uint> Answered, IReadOnlyList<uint> Missing);
