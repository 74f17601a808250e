using System.Runtime.CompilerServices;
using Microsoft.Extensions.Time.Testing;
using Peers.Tests.Kit;

namespace Peers.Tests.Observability;

/// <summary>A handler that does everything that is counted, in ways whose numbers are known.</summary>
[PeerHandler("/talk")]
public sealed partial class Talk(Diary diary, FakeTimeProvider time)
{
    /// <summary>How long its slow hook takes, on the clock of the test.</summary>
    public static readonly TimeSpan Slow = TimeSpan.FromSeconds(2);

    [Channel("talk", Join = true)]
    public static partial PeerChannel<Uttered> Channel { get; }

    [OnUpgrade]
    private static UpgradeResult Admit(UpgradeRequest request) => request.Query("as") == "stranger" ? UpgradeResult.Reject(401) : UpgradeResult.Accept();

    [OnOpen]
    private void Opened() => diary.Write("opened");

    [OnMessage]
    private async Task<Uttered> Utter(Peer peer, Utter utter)
    {
        peer.Publish(Channel, new Uttered(utter.Text));
        await Task.Yield();
        time.Advance(Slow);
        return new(utter.Text);
    }

    [OnMessage]
    private static async IAsyncEnumerable<Uttered> Repeat(Repeat repeat, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask.WaitAsync(cancellation);
        for (var i = 0; i < repeat.Times; i++) yield return new($"{i}");
    }

    // All in one turn and to another peer: nothing is flushed before the end of the turn, so that the third message does not fit.
    [OnMessage]
    private static void Flood(Peer peer, Flood flood)
    {
        var other = peer.Host.Peers.Single(other => other != peer);
        for (var i = 0; i < 3; i++) other.SendBinary(new byte[flood.Length]);
    }

    [OnMessage]
    private static void Trip(Trip trip) => throw new FormatException(trip.Over);

    [OnMessage]
    private static void Dismiss(Peer peer, Dismiss dismiss) => peer.Close((CloseCode)dismiss.Code);

    [OnMessage]
    private static void Bytes(Peer peer, ReadOnlyMemory<byte> bytes) => peer.SendBinary(bytes.Span);

    [OnError]
    private static void Failed(PeerError error) => error.Action = PeerErrorAction.Continue;

    [OnClose]
    private void Closed() => diary.Write("closed");
}

[Message]
public readonly partial record struct Utter(string Text);

[Message]
public readonly partial record struct Uttered(string Text);

[Message]
public readonly partial record struct Repeat(int Times);

[Message]
public readonly partial record struct Flood(int Length);

[Message]
public readonly partial record struct Trip(string Over);

[Message]
public readonly partial record struct Dismiss(int Code);
