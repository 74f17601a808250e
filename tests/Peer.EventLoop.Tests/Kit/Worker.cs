using System.Collections.Concurrent;

namespace Peers.Tests.Kit;

/// <summary>Does what it is told.</summary>
[PeerHandler("/worker")]
public sealed partial class Worker
{
    [Channel("all", Join = true)]
    public static partial PeerChannel<INews> All { get; }

    private Place _opened = new("", IsPool: false);

    [OnOpen]
    private void Opened() => _opened = Here;

    [OnMessage]
    private Place WhereOpened(WhereOpened question) => _opened;

    [OnMessage]
    private static void Listen(Peer peer, Listen listen) => peer.Subscribe(listen.Channel);

    [OnMessage]
    private static Place Where(Where where) => Here;

    [OnMessage]
    private static Address WhoAmI(Peer peer, WhoAmI question) => new($"{peer.RemoteEndPoint}");

    [OnMessage]
    private static void Tell(Peer peer, Tell tell) => peer.Host.Publish(All, new News(tell.Number));

    [OnMessage]
#pragma warning disable PEER018 // It is what the watchdog is for.
    private static void Block(Block block)
    {
        Gates.Reach(block.Gate);
        Gates.Of(block.Gate).Wait(TestContext.Current.CancellationToken);
    }
#pragma warning restore PEER018

    private static Place Here => new(Thread.CurrentThread.Name ?? "", Thread.CurrentThread.IsThreadPoolThread);
}

/// <summary>What blocks the hooks of <see cref="Worker"/>, by name.</summary>
internal static class Gates
{
    private static readonly ConcurrentDictionary<string, ManualResetEventSlim> s_gates = new();
    private static readonly ConcurrentDictionary<string, TaskCompletionSource> s_reached = new();

    public static ManualResetEventSlim Of(string name) => s_gates.GetOrAdd(name, static _ => new());

    /// <summary>Notes that a hook stands before a gate.</summary>
    public static void Reach(string name) => SignalOf(name).TrySetResult();

    /// <summary>Returns when a hook stands before a gate, or has passed it.</summary>
    public static Task WhenReachedAsync(string name) => SignalOf(name).Soon();

    private static TaskCompletionSource SignalOf(string name) => s_reached.GetOrAdd(name, static _ => Patience.Signal());
}

public interface INews;

[Message]
public readonly partial record struct Where;

[Message]
public readonly partial record struct WhereOpened;

[Message]
public sealed partial record Listen(string Channel);

[Message]
public sealed partial record Place(string Thread, bool IsPool);

[Message]
public readonly partial record struct WhoAmI;

[Message]
public sealed partial record Address(string Text);

[Message]
public readonly partial record struct Tell(int Number);

[Message]
public readonly partial record struct News(int Number) : INews;

[Message]
public sealed partial record Block(string Gate);
