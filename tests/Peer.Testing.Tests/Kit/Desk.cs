using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Mvc;

namespace Peers.Tests.Kit;

/// <summary>A handler with something of everything that a test wants to see.</summary>
[PeerHandler("/desks/{desk}")]
public sealed partial class Desk(Gate gate, TimeProvider time) : IDisposable
{
    [Channel("desk/{desk}", Join = true)]
    public static partial PeerChannel<IDeskEvent> At(string desk);

    [OnUpgrade]
    private static UpgradeResult Admit(UpgradeRequest request) => request.Query("key") switch
    {
        "wrong" => UpgradeResult.Reject(401, "That key fits nothing.").WithHeader("WWW-Authenticate", "Key"),
        "broken" => throw new InvalidOperationException("The lock is jammed."),
        _ => UpgradeResult.Accept(request.Subprotocols.Contains("desk.v2") ? "desk.v2" : null).WithHeader("X-Lock", "open"),
    };

    [OnMessage]
    private static Noted Note(Peer peer, Note note, [FromRoute] string desk)
    {
        peer.Publish(At(desk), new Noticed(note.Text));
        return new(note.Text);
    }

    [OnMessage]
    private async Task Wait(Peer peer, Wait wait, [FromRoute] string desk)
    {
        gate.Reached.TrySetResult();
        await gate.Opened.Task;
        peer.Publish(At(desk), new Noticed(wait.Text));
    }

    [OnMessage]
    private async Task<Noted> Remind(Remind remind)
    {
        gate.Reached.TrySetResult();
        await Task.Delay(TimeSpan.FromMinutes(remind.Minutes), time);
        return new(remind.Text);
    }

    [OnMessage]
    private static async IAsyncEnumerable<Noted> Recite(Recite recite, [FromServices] TimeProvider time, [FromServices] Gate gate, [EnumeratorCancellation] CancellationToken cancellation)
    {
        try
        {
            for (var verse = 1; verse <= recite.Verses; verse++)
            {
                if (verse > 1) await Task.Delay(TimeSpan.FromMinutes(1), time, cancellation);
                if (recite.Forgets == verse) throw new InvalidOperationException("What came next?");
                yield return new($"verse {verse}");
            }
        }
        finally
        {
            gate.Write("recited");
        }
    }

    [OnMessage]
    private async Task Sign(Peer peer, Sign sign)
    {
        try
        {
            var signed = await peer.RequestAsync<Sure, Signed>(new(sign.What), TimeSpan.FromMinutes(1));
            gate.Write($"signed by {signed.Name}");
        }
        catch (PeerRequestException refused) when (refused.Failure == PeerRequestFailure.Refused)
        {
            gate.Write($"refused: {refused.Code}");
        }
    }

    [OnMessage]
    private static void Fail(Fail fail) => throw new InvalidOperationException(fail.Why);

    [OnMessage]
    private static void Evict(Peer peer, Evict evict)
    {
        foreach (var other in peer.Host.Peers)
        {
            if (other != peer) other.Close((CloseCode)4001, evict.Why);
        }
    }

    [OnMessage]
    private static void Text(Peer peer, string text) => peer.Send(text);

    [OnMessage]
    private static void Binary(Peer peer, ReadOnlyMemory<byte> data) => peer.SendBinary(data.Span);

    [OnClose]
    private async Task Closed(Peer peer, CloseEvent close, [FromRoute] string desk)
    {
        await Task.Yield();
        gate.Write(close.ToString());
        peer.Publish(At(desk), new Noticed("gone"));
    }

    public void Dispose() => gate.Write("disposed");
}

/// <summary>What a test and the handlers share.</summary>
public sealed class Gate
{
    private readonly List<string> _entries = [];

    public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Opened { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Disposed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string[] Entries
    {
        get { lock (_entries) return [.. _entries]; }
    }

    public void Write(string entry)
    {
        lock (_entries) _entries.Add(entry);
    }
}

public interface IDeskEvent;

[Message] public readonly partial record struct Note(string Text);
[Message] public readonly partial record struct Wait(string Text);
[Message] public readonly partial record struct Remind(string Text, int Minutes);
[Message] public readonly partial record struct Recite(int Verses, int Forgets = 0);
[Message] public readonly partial record struct Sign(string What);
[Message] public readonly partial record struct Sure(string What);
[Message] public readonly partial record struct Signed(string Name);
[Message] public readonly partial record struct Fail(string Why);
[Message] public readonly partial record struct Evict(string Why);
[Message] public readonly partial record struct Noted(string Text);
[Message] public readonly partial record struct Noticed(string Text) : IDeskEvent;

/// <summary>Never sent; its name is that of a message which the desk does not fit.</summary>
[Message("noted")] public readonly partial record struct NotedAt(DateTimeOffset At);

/// <summary>A handler without a route and without hooks but one.</summary>
public sealed partial class Plain
{
    [OnMessage]
    private static void Answer(Peer peer, string text) => peer.Send($"{peer.Route("id")} {peer.Route("rest")} {text}");
}

/// <summary>A handler whose upgrade hook waits for the gate, whatever its token says.</summary>
[PeerHandler("/late")]
public sealed partial class LateDoor(Gate gate) : IDisposable
{
    [OnUpgrade]
    private async Task<UpgradeResult> Admit(CancellationToken cancellation)
    {
        await using var told = cancellation.Register(() => gate.Write("cancelled"));
        gate.Reached.TrySetResult();
        await gate.Opened.Task;
        return UpgradeResult.Accept();
    }

    [OnMessage]
    private static void Text(Peer peer, string text) => peer.Send(text);

    public void Dispose()
    {
        gate.Write("disposed");
        gate.Disposed.TrySetResult();
    }
}

/// <summary>A handler that cannot be made.</summary>
[PeerHandler("/unmade")]
public sealed partial class Unmade
{
    public Unmade() => throw new InvalidOperationException("It has no legs.");

    [OnMessage]
    private static void Text(string text) => _ = text;
}
