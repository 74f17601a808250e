namespace Peers.Bench.Servers;

/// <summary>Subscribes to a channel of its own; its client never reads.</summary>
[Channel("stalled/{number}", Join = true)]
internal sealed partial class StalledPeer
{
    /// <summary>How many clients never read.</summary>
    public const int Count = 100;

    [OnMessage(MessageKind.Text)]
    private static void Answer(Peer peer, ReadOnlySpan<byte> text) => peer.SendUtf8(text);
}

/// <summary>Publishes each binary message to the channels of all stalled peers, and echoes texts.</summary>
/// <remarks>The echo of a text shows the client that everything before it has been published.</remarks>
[PeerHandler("/stalled/publisher")]
internal sealed partial class StalledPublisher(PeerHost host)
{
    private static readonly string[] s_channels = [.. Enumerable.Range(0, StalledPeer.Count).Select(number => $"stalled/{number}")];

    [OnMessage(MessageKind.Binary)]
    private void Publish(ReadOnlySpan<byte> data)
    {
        foreach (var channel in s_channels) host.PublishBinary(channel, data);
    }

    [OnMessage(MessageKind.Text)]
    private static void Answer(Peer peer, ReadOnlySpan<byte> text) => peer.SendUtf8(text);
}

/// <summary>Maps <see cref="StalledPeer"/> once for each policy.</summary>
internal static class StalledPeers
{
    /// <summary>Where a stalled peer connects.</summary>
    public static string PathOf(SlowPeerPolicy policy, int number) => $"/stalled/{policy}/{number}";

    public static void Map(WebApplication app)
    {
        app.MapPeer<StalledPublisher>();
        foreach (var policy in Enum.GetValues<SlowPeerPolicy>())
        {
            app.MapPeer<StalledPeer>($"/stalled/{policy}/{{number}}").WithOptions(options => options.SlowPeerPolicy = policy);
        }
    }
}
