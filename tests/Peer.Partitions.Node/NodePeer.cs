using System.Diagnostics;

namespace Peers.Partitions.Node;

/// <summary>What the checker's clients talk to: lines of words, each with times of the machine's monotonic clock, which all processes share.</summary>
/// <remarks>
/// Commands: <c>join CHANNEL…</c>, <c>publish CHANNEL COUNT</c>, <c>watch</c>, <c>nodes</c>. Only one client of a node publishes, so that the numbers that it
/// counts here are those that the node gives: from 1 in each channel, one for each message.
/// </remarks>
[PeerHandler("/node")]
public sealed partial class NodePeer(PeerHost host, SubscriptionLog subscriptions, GapDelay gapDelay)
{
    private readonly Dictionary<string, long> _published = [];

    [OnOpen]
    private void Opened(Peer peer) => peer.Send($"node {host.Node}");

    [OnMessage]
    private void Command(Peer peer, string line)
    {
        var words = line.Split(' ');
        switch (words[0])
        {
            case "join":
                foreach (var channel in words.Skip(1)) Join(peer, channel);
                break;
            case "publish":
                Publish(peer, words[1], int.Parse(words[2]));
                break;
            case "watch":
                subscriptions.Follow(peer);
                break;
            case "nodes":
                peer.Send($"nodes {host.OtherNodes.Count}");
                break;
        }
    }

    [OnGap]
    private async Task Missed(Peer peer, ChannelGap gap)
    {
        peer.Send($"gap {Stopwatch.GetTimestamp()} {gap.Channel} {gap.Cause} {Word(gap.Node)} {Word(gap.First)} {Word(gap.Last)}");
        // The next gaps wait meanwhile, and may be joined.
        if (gapDelay.Time > TimeSpan.Zero) await Task.Delay(gapDelay.Time);
    }

    private static void Join(Peer peer, string channel)
    {
        peer.Subscribe(channel);
        peer.Send($"joined {Stopwatch.GetTimestamp()} {channel}");
    }

    private void Publish(Peer peer, string channel, int count)
    {
        var before = Stopwatch.GetTimestamp();
        var last = _published.GetValueOrDefault(channel);
        for (var left = count; left > 0; left--) host.Publish(channel, $"message {host.Node} {channel} {++last}");
        _published[channel] = last;
        peer.Send($"accepted {before} {channel} {last - count + 1} {last}");
    }

    private static string Word<T>(T? value) where T : struct => value?.ToString() ?? "-";
}

/// <summary>How long the hook for gaps takes.</summary>
public sealed record GapDelay(TimeSpan Time);
