using System.Collections.Concurrent;

namespace Peers.Tests.Kit;

/// <summary>The members that are open, and how often which hook ran.</summary>
public sealed class Crowd
{
    private readonly ConcurrentDictionary<PeerId, Peer> _members = new();
    private int _opened;
    private int _closed;
    private int _overlaps;

    public Peer[] Members => [.. _members.Values];

    public int Opened => _opened;

    public int Closed => _closed;

    /// <summary>How often a hook of a peer ran beside another.</summary>
    public int Overlaps => _overlaps;

    public void Open(Peer peer)
    {
        Interlocked.Increment(ref _opened);
        _members[peer.Id] = peer;
    }

    public void Close(Peer peer)
    {
        Interlocked.Increment(ref _closed);
        _members.TryRemove(peer.Id, out _);
    }

    public void NoteOverlap() => Interlocked.Increment(ref _overlaps);
}

/// <summary>One of many that others do things to.</summary>
[PeerHandler("/member")]
public sealed partial class Member(Crowd crowd)
{
    private int _running;

    [OnOpen]
    private void Opened(Peer peer)
    {
        peer.Subscribe("all");
        crowd.Open(peer);
    }

    [OnMessage]
    private async Task Heard(Peer peer, string text)
    {
        if (Interlocked.Exchange(ref _running, 1) != 0) crowd.NoteOverlap();
        peer.Send(text);
        await Task.Yield();
        peer.Publish("all", text);
        Volatile.Write(ref _running, 0);
    }

    [OnClose]
    private void Closed(Peer peer)
    {
        if (Interlocked.Exchange(ref _running, 1) != 0) crowd.NoteOverlap();
        crowd.Close(peer);
    }
}

/// <summary>Stays, listens to the news, and is left alone.</summary>
[PeerHandler("/witness")]
public sealed partial class Witness
{
    [OnOpen]
    private static void Opened(Peer peer)
    {
        peer.Subscribe("news");
        peer.Send("ready");
    }
}
