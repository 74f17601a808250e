namespace Peers.Tests.Kit;

/// <summary>A peer that is told of gaps, and tells its client.</summary>
[PeerHandler("/listen")]
public sealed partial class Listener
{
    [OnGap]
    private static void Missed(Peer peer, ChannelGap gap) => peer.Send(new Gap(gap.Channel, gap.Cause.ToString(), gap.Node, gap.First, gap.Last));
}

/// <summary>A gap on its way to a test.</summary>
[Message]
public readonly partial record struct Gap(string Channel, string Cause, uint? Node, long? First, long? Last);

/// <summary>What tests publish.</summary>
[Message]
public readonly partial record struct Note(string From, int Number);
