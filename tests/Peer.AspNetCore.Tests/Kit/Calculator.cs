namespace Peers.Tests.Kit;

/// <summary>A typed handler, some of whose hooks fail as they are told to.</summary>
[PeerHandler("/calc")]
public sealed partial class Calculator(Diary diary)
{
    [OnOpen]
    private static void Opened(Peer peer) => peer.Subscribe("calc");

    [OnMessage]
    private static Sum Add(Add add) => new(add.Left + add.Right);

    [OnMessage]
    private static void Fail(Fail fail) => throw new InvalidOperationException(fail.Why);

    [OnMessage]
    private static async Task FailLater(FailLater fail)
    {
        await Task.Yield();
        throw new InvalidOperationException(fail.Why);
    }

    [OnMessage]
    private static void Tell(Peer peer, Tell tell) => peer.Publish("calc", new Told(tell.What));

    [OnClose]
    private void Closed(CloseEvent close) => diary.Write($"closed {(int)close.Code} by {close.Initiator}{(close.WasClean ? "" : ", not clean")}");
}

[Message]
public readonly partial record struct Add(int Left, int Right);

[Message]
public readonly partial record struct Sum(int Value);

[Message]
public readonly partial record struct Fail(string Why);

[Message]
public readonly partial record struct FailLater(string Why);

[Message]
public readonly partial record struct Tell(string What);

[Message]
public readonly partial record struct Told(string What);
