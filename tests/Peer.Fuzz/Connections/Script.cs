using Peers.WebSockets;

namespace Peers.Fuzzing;

/// <summary>What a handler does, which its messages say, and what it has seen and sent.</summary>
internal sealed class Script
{
    public const string Channel = "all";

    private readonly Queue<TaskCompletionSource> _suspended = new();
    private readonly List<Event> _heard = [];
    private readonly List<Event> _sent = [];
    private bool _isInHook;
    private int _opened;
    private int _closed;

    /// <summary>The messages that hooks saw, in order.</summary>
    public IReadOnlyList<Event> Heard => _heard;

    /// <summary>The messages that were queued for the client, in order.</summary>
    public IReadOnlyList<Event> Sent => _sent;

    /// <summary>Whether a hook ended the connection, by whatever means.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>How often the connection's handler was disposed.</summary>
    public int Disposed { get; private set; }

    /// <summary>What the close hook was told.</summary>
    public CloseEvent? Close { get; private set; }

    public void Open(Peer peer)
    {
        using var hook = Enter();
        Claim.Same(1, ++_opened);
        peer.Subscribe(Channel);
    }

    public async ValueTask Hear(Peer peer, FrameEvent kind, ReadOnlyMemory<byte> payload)
    {
        using var hook = Enter();
        _heard.Add(Event.Of(kind, payload.Span));
        if (payload.Length < 2 || payload.Span[0] != (byte)'!')
        {
            Echo(peer, kind, payload.Span, compress: false);
            return;
        }

        switch (payload.Span[1])
        {
            case (byte)'s':
                await SuspendAsync(kind, payload);
                Echo(peer, kind, payload.Span, compress: false);
                break;
            case (byte)'u':
                await SuspendAsync(kind, payload);
                throw Thrown();
            case (byte)'t':
                throw Thrown();
            case (byte)'c':
                HasEnded = true;
                peer.Close((CloseCode)3000, "asked to");
                break;
            case (byte)'x':
                HasEnded = true;
                peer.Terminate();
                break;
            case (byte)'p':
                if (peer.ReadyState == ReadyState.Open) _sent.Add(Event.Of(FrameEvent.Text, "published"u8));
                peer.Host.PublishUtf8(Channel, "published"u8);
                break;
            case (byte)'q':
                if (peer.ReadyState == ReadyState.Open) _sent.Add(Event.Of(FrameEvent.Binary, payload.Span));
                peer.Host.PublishBinary(Channel, payload.Span, compress: true);
                break;
            case (byte)'r':
                peer.Ping("ping"u8);
                break;
            case (byte)'l':
                peer.Unsubscribe(Channel);
                peer.Subscribe(Channel);
                break;
            case (byte)'z':
                Echo(peer, kind, payload.Span, compress: true);
                break;
            default:
                Echo(peer, kind, payload.Span, compress: false);
                break;
        }
    }

    public void HearTyped(Peer peer)
    {
        using var hook = Enter();
        Claim.That(peer.ReadyState != ReadyState.Connecting);
    }

    public async ValueTask HearControl(FrameEvent kind, ReadOnlyMemory<byte> payload)
    {
        using var hook = Enter();
        if (payload.Span.StartsWith("!s"u8)) await SuspendAsync(kind, payload);
        else if (payload.Span.StartsWith("!t"u8)) throw Thrown();
    }

    public void Drain()
    {
        using var hook = Enter();
    }

    public void Fail(PeerError error)
    {
        using var hook = Enter();
        if (error.Action == PeerErrorAction.Close) HasEnded = true;
    }

    public void End(Peer peer, CloseEvent close)
    {
        using var hook = Enter();
        Claim.Same(1, _opened);
        Claim.Same(1, ++_closed);
        Claim.Same(SendStatus.Closed, peer.Send("too late"));
        Claim.That(peer.Channels.Contains(Channel));
        peer.Host.PublishUtf8(Channel, "nobody hears it"u8);
        Close = close;
    }

    public void Dispose() => Disposed++;

    /// <summary>Lets the hook that suspended first go on; false where none is.</summary>
    public bool Resume()
    {
        if (!_suspended.TryDequeue(out var source)) return false;
        source.SetResult();
        return true;
    }

    /// <summary>Completes when <see cref="Resume"/> says so.</summary>
    public Task SuspendAsync()
    {
        var source = new TaskCompletionSource();
        _suspended.Enqueue(source);
        return source.Task;
    }

    private async Task SuspendAsync(FrameEvent kind, ReadOnlyMemory<byte> payload)
    {
        var before = Event.Of(kind, payload.Span);
        await SuspendAsync();
        Claim.That(before == Event.Of(kind, payload.Span), "what is lent to a hook stays as it is");
    }

    private void Echo(Peer peer, FrameEvent kind, ReadOnlySpan<byte> payload, bool compress)
    {
        var status = kind == FrameEvent.Text ? peer.SendUtf8(payload, compress) : peer.SendBinary(payload, compress);
        if (status is SendStatus.Queued or SendStatus.Backpressured) _sent.Add(Event.Of(kind, payload));
    }

    private InvalidOperationException Thrown()
    {
        HasEnded = true;
        return new("as scripted");
    }

    private Running Enter()
    {
        Claim.That(!_isInHook, "hooks of a peer do not overlap");
        _isInHook = true;
        return new(this);
    }

    private readonly struct Running(Script script) : IDisposable
    {
        public void Dispose() => script._isInHook = false;
    }
}
