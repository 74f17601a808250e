namespace Peers.TestServer;

/// <summary>Says back text and binary as they came.</summary>
[PeerHandler("/raw")]
public sealed partial class RawEcho
{
    [OnMessage]
    private static void Heard(Peer peer, Message message)
    {
        if (message.Kind == MessageKind.Text) peer.SendUtf8(message.Payload.Span);
        else peer.SendBinary(message.Payload.Span);
    }
}

/// <summary>Answers a struct without strings by another.</summary>
[PeerHandler("/typed")]
public sealed partial class TypedEcho
{
    [OnMessage]
    private static Moved Move(Move move) => new(move.Id, move.X, move.Y, move.IsFast);
}

/// <summary>As <see cref="RawEcho"/>, but awaits what is not there yet.</summary>
[PeerHandler("/suspending")]
public sealed partial class SuspendingEcho
{
    [OnMessage]
    private static async Task Heard(Peer peer, ReadOnlyMemory<byte> message)
    {
        await Task.Yield();
        peer.SendBinary(message.Span);
    }
}

/// <summary>Says back text by way of a string.</summary>
[PeerHandler("/string")]
public sealed partial class StringEcho
{
    [OnMessage]
    private static void Heard(Peer peer, string text) => peer.Send(text);
}

/// <summary>Publishes what it hears.</summary>
[PeerHandler("/publish")]
public sealed partial class Publisher
{
    [OnMessage]
    private static void Heard(Peer peer, Move move) => peer.Publish("all", new Moved(move.Id, move.X, move.Y, move.IsFast));
}

/// <summary>Hears what is published.</summary>
[Channel("all", Join = true)]
[PeerHandler("/subscribe")]
public sealed partial class Subscriber
{
    [OnOpen]
    private static void Opened(Peer peer) => peer.SendUtf8("joined"u8);
}

/// <summary>Tells what the process has allocated.</summary>
[PeerHandler("/meter")]
public sealed partial class Meter
{
    [OnMessage]
    private static void Read(Peer peer, string text) => peer.Send($"{GC.GetTotalAllocatedBytes(precise: true)}");
}

[Message]
public readonly partial record struct Move(int Id, double X, double Y, bool IsFast);

[Message]
public readonly partial record struct Moved(int Id, double X, double Y, bool IsFast);
