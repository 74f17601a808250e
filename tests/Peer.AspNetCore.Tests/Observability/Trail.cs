namespace Peers.Tests.Observability;

/// <summary>A handler with a hook of every kind that has a span, and one that throws.</summary>
[PeerHandler("/trail")]
public sealed partial class Trail
{
    [OnUpgrade]
    private static UpgradeResult Admit() => UpgradeResult.Accept();

    [OnOpen]
    private static void Opened(Peer peer) => peer.Send(new Stepped(peer.Id.ToString()));

    [OnMessage]
    private static Stepped Step(Step step) => new(step.To);

    [OnMessage]
    private static async Task<Stepped> Wander(Wander wander)
    {
        await Task.Yield();
        return new(wander.To);
    }

    [OnMessage]
    private static void Stumble(Stumble stumble) => throw new FormatException(stumble.Over);

    [OnMessage]
    private static void Bytes(Peer peer, ReadOnlyMemory<byte> bytes) => peer.SendBinary(bytes.Span);

    [OnPing]
    private static void Pinged(Peer peer) => peer.Send(new Stepped("ping"));

    [OnPong]
    private static void Ponged(Peer peer) => peer.Send(new Stepped("pong"));

    [OnError]
    private static void Failed(Peer peer, PeerError error)
    {
        error.Action = PeerErrorAction.Continue;
        peer.Send(new Stepped("on"));
    }

    [OnClose]
    private static async Task Closed(Peer peer) => await Task.Yield();
}

[Message]
public readonly partial record struct Step(string To);

[Message]
public readonly partial record struct Wander(string To);

[Message]
public readonly partial record struct Stumble(string Over);

[Message]
public readonly partial record struct Stepped(string To);
