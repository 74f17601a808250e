namespace Peers.Soak;

/// <summary>How often hooks ran.</summary>
internal sealed class Tally
{
    public int Opened;
    public int Closed;
    public int Disposed;
    public long Accepted;
}

/// <summary>Does what it is told, and leaves in every way there is.</summary>
[PeerHandler("/rooms/{room}")]
[Channel("rooms/{room}", Join = true)]
internal sealed partial class Guest(Tally tally) : IDisposable
{
    [OnOpen]
    private void Opened(Peer peer)
    {
        Interlocked.Increment(ref tally.Opened);
        peer.Subscribe("everyone");
    }

    [OnMessage]
    private static async Task Heard(Peer peer, string text)
    {
        switch (text)
        {
            case "close":
                peer.Close((CloseCode)4000, "as you wish");
                break;
            case "terminate":
                peer.Terminate();
                break;
            case "throw":
                throw new InvalidOperationException("as you wish");
            case "wait":
                await Task.Delay(Timeout.Infinite, peer.Closed);
                break;
            default:
                peer.Send(text);
                peer.Publish("everyone", "hello");
                break;
        }
    }

    [OnClose]
    private void Closed() => Interlocked.Increment(ref tally.Closed);

    public void Dispose() => Interlocked.Increment(ref tally.Disposed);
}

/// <summary>What one says everyone hears, the one who said it too.</summary>
[PeerHandler("/ticker")]
[Channel("ticker", Join = true)]
internal sealed partial class Listener(Tally tally)
{
    [OnOpen]
    private static void Opened(Peer peer) => peer.SendUtf8("ready"u8);

    [OnMessage]
    private void Said(Peer peer, ReadOnlySpan<byte> number)
    {
        Interlocked.Increment(ref tally.Accepted);
        peer.Host.PublishBinary("ticker", number);
    }
}

/// <summary>Is sent more than it reads, each in a channel of its own; awake it answers.</summary>
[PeerHandler("/sleepers/{number}")]
[Channel("sleepers/{number}", Join = true)]
internal sealed partial class Sleeper
{
    [OnMessage]
    private static void Heard(Peer peer, string text) => peer.Send(text);
}
