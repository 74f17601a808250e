namespace Peers.Tests.Kit;

/// <summary>A handler with every hook but the error hook, each given by the test or doing nothing.</summary>
internal sealed class ScriptedHandler : Script, IPeerHandler<ScriptedHandler>
{
    static PeerHandlerInfo IPeerHandler<ScriptedHandler>.Info { get; } = new("Scripted", (PeerHooks)0xFFF & ~PeerHooks.Error);

    static ScriptedHandler IPeerHandler<ScriptedHandler>.Create(IServiceProvider services) => (ScriptedHandler)services.GetService(typeof(Script))!;
}

/// <summary>A handler with every hook there is.</summary>
internal sealed class ErrorHandler : Script, IPeerHandler<ErrorHandler>
{
    static PeerHandlerInfo IPeerHandler<ErrorHandler>.Info { get; } = new("WithError", (PeerHooks)0xFFF);

    static ErrorHandler IPeerHandler<ErrorHandler>.Create(IServiceProvider services) => (ErrorHandler)services.GetService(typeof(Script))!;
}

/// <summary>A handler that takes no messages.</summary>
internal sealed class MuteHandler : Script, IPeerHandler<MuteHandler>
{
    static PeerHandlerInfo IPeerHandler<MuteHandler>.Info { get; } = new("Mute", PeerHooks.Open | PeerHooks.Close);

    static MuteHandler IPeerHandler<MuteHandler>.Create(IServiceProvider services) => (MuteHandler)services.GetService(typeof(Script))!;
}

/// <summary>A handler that takes text, and no binary messages.</summary>
internal sealed class TextHandler : Script, IPeerHandler<TextHandler>
{
    static PeerHandlerInfo IPeerHandler<TextHandler>.Info { get; } = new("Text", PeerHooks.Text | PeerHooks.Close);

    static TextHandler IPeerHandler<TextHandler>.Create(IServiceProvider services) => (TextHandler)services.GetService(typeof(Script))!;
}

/// <summary>Hooks given by the test.</summary>
internal abstract class Script : IPeerHandler, IDisposable
{
    private readonly TaskCompletionSource _disposed = Patience.Signal();

    public Action<Peer>? Joined { get; init; }
    public Func<UpgradeRequest, ValueTask<UpgradeResult>>? Upgrade { get; init; }
    public Func<Peer, ValueTask>? Open { get; init; }
    public Func<Peer, string, ValueTask>? Text { get; init; }
    public TextHook? Typed { get; init; }
    public Func<Peer, ReadOnlyMemory<byte>, ValueTask>? Binary { get; init; }
    public Func<Peer, CloseEvent, ValueTask>? Close { get; init; }
    public Func<Peer, PeerError, ValueTask>? Error { get; init; }
    public Func<Peer, ValueTask>? Drain { get; init; }
    public Func<Peer, string, ValueTask>? Ping { get; init; }
    public Func<Peer, ReadOnlyMemory<byte>, ValueTask>? PingBytes { get; init; }
    public Func<Peer, string, ValueTask>? Pong { get; init; }

    public delegate ValueTask TextHook(ref IncomingText text);

    public int DisposeCount { get; private set; }

    public Task WhenDisposed => _disposed.Task;

    ValueTask<UpgradeResult> IPeerHandler.OnUpgrade(UpgradeRequest request) => Upgrade?.Invoke(request) ?? new(UpgradeResult.Accept());

    void IPeerHandler.Join(Peer peer) => Joined?.Invoke(peer);

    ValueTask IPeerHandler.OnOpen(Peer peer) => Open?.Invoke(peer) ?? default;

    ValueTask IPeerHandler.OnText(ref IncomingText text) =>
        Typed is not null ? Typed(ref text) : Text?.Invoke(text.Peer, System.Text.Encoding.UTF8.GetString(text.Utf8.Span)) ?? default;

    ValueTask IPeerHandler.OnBinary(Peer peer, ReadOnlyMemory<byte> payload) => Binary?.Invoke(peer, payload) ?? default;

    ValueTask IPeerHandler.OnClose(Peer peer, CloseEvent close) => Close?.Invoke(peer, close) ?? default;

    ValueTask IPeerHandler.OnError(Peer peer, PeerError error) => Error?.Invoke(peer, error) ?? default;

    ValueTask IPeerHandler.OnDrain(Peer peer) => Drain?.Invoke(peer) ?? default;

    ValueTask IPeerHandler.OnPing(Peer peer, ReadOnlyMemory<byte> payload) =>
        PingBytes?.Invoke(peer, payload) ?? Ping?.Invoke(peer, System.Text.Encoding.UTF8.GetString(payload.Span)) ?? default;

    ValueTask IPeerHandler.OnPong(Peer peer, ReadOnlyMemory<byte> payload) => Pong?.Invoke(peer, System.Text.Encoding.UTF8.GetString(payload.Span)) ?? default;

    public void Dispose()
    {
        DisposeCount++;
        _disposed.TrySetResult();
    }
}
