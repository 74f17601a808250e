using System.Diagnostics;
using System.Net;
using System.Security.Claims;
using Microsoft.Extensions.DependencyInjection;
using Peers.Channels;
using Peers.Observability;
using Peers.Transports;
using Peers.WebSockets;

namespace Peers;

/// <summary>One connection's life: made, admitted, opened, read from and written to, closed, disposed; from top to bottom of this file.</summary>
/// <remarks>
/// A host calls <see cref="Create"/>, then <see cref="UpgradeAsync"/>, then <see cref="RunAsync"/> with the bytes, or
/// <see cref="DisposeAsync"/> after a rejection. It knows neither pipe nor socket: bytes come in by <see cref="Receive"/> and leave through
/// the <see cref="PeerTransport"/>.
/// </remarks>
[DebuggerDisplay("{Peer,nq}")]
public sealed partial class PeerConnection : IOutputOwner, IMember, IAsyncDisposable
{
    // A client that broke the protocol may still be sending; a reset would lose it the close frame. RFC 6455 §7.1.1.
    private static readonly TimeSpan s_lingerTime = TimeSpan.FromMilliseconds(500);

    private readonly PeerEnvironment _shared;
    private readonly IPeerHandler _handler;
    private readonly IAsyncDisposable? _scope;

    // Made when the end begins, or somebody waits for it.
    private CloseState? _closing;

    private ConnectionInfo? _request;
    private Action? _ended;

    // Read side: touched only by the read loop.
    private readonly MessageAssembler _assembler;
    private readonly HookQueue _hooks;
    private volatile bool _isDiscarding;
    private bool _isReplaying;
    private byte[]? _deferred;
    private int _deferredStart;
    private int _deferredEnd;
    private volatile bool _isCut;
    private volatile bool _isOwnCut;

    // Write side: any thread.
    private readonly PeerOutput _output;
    private readonly Subscriptions _subscriptions;
    private volatile bool _isDone;

    // Clock: the host's heartbeat, with what the read loop tells it. When the silence began is in the future until the next beat.
    private bool _isPaused;
    private long _silentSince;
    private bool _isPinged;
    private bool _isLingering;
    private bool _isAttended;

    // Set once, by the heartbeat or by the thread that is about to call a hook. No hook but the close hook is called from then on.
    private bool _isExpired;

    // Whether the authentication had expired before the open hook: then no hook is called at all. Set before reading starts.
    private bool _isExpiredAtOpen;
    private WriteProgress? _progress;

    private long _opened;
    private volatile bool _isOpened;
    private volatile bool _isClosed;
    private volatile bool _isGivenUp;
    private bool _isDisposed;

    private PeerConnection(PeerEnvironment shared, IPeerHandler handler, IAsyncDisposable? scope)
    {
        (_shared, _handler, _scope) = (shared, handler, scope);
        Id = PeerId.Create(Host.Node);
        Peer = new Peer(this);
        _assembler = new(expectMasked: true, Options.MaxMessageSize, Options.MaxFragments);
        _hooks = new(this);
        _output = new(shared, this);
        _subscriptions = new(Host.Channels, _output);
        _bucket = CreateBucket();
    }

    /// <summary>The peer that hooks receive.</summary>
    public Peer Peer { get; }

    /// <summary>Whether a pending hook uses the memory last given to <see cref="Receive"/>, which must then stay as it is until <see cref="PeerTransport.ReleaseInput"/>.</summary>
    public bool HoldsInput => _hooks.IsInputLent;

    /// <summary>Whether <see cref="HoldsInput"/> can ever be set: a transport that reads for many connections into one buffer then copies what it hands over.</summary>
    public bool MayHoldInput => Has(PeerHooks.BorrowsText | PeerHooks.BorrowsBinary | PeerHooks.Ping | PeerHooks.Pong);

    /// <summary>How many bytes the frame still lacks whose payload is coming. Read loop only.</summary>
    internal long MissingPayload => _assembler.MissingPayload;

    internal PeerHost Host => _shared.Host;

    internal PeerOptions Options => _shared.Options;

    internal HandlerMetrics Metrics => _shared.Metrics;

    internal IPeerHandler Handler => _handler;

    internal PeerId Id { get; }

    internal CloseState Closing => Volatile.Read(ref _closing) ?? MakeClosing();

    internal Subscriptions Subscriptions => _subscriptions;

    internal PeerOutput Output => _output;

    internal IServiceProvider Services => _shared.Services;

    internal EndPoint? RemoteEndPoint => _request?.RemoteEndPoint.Value;

    internal ClaimsPrincipal? User => _request?.User;

    internal ConnectionInfo? Request => _request;

    internal bool IsReadingStopped => _isPaused;

    /// <summary>Whether the peer's messages have to wait until its own output has drained.</summary>
    internal bool StopsDispatch() => _output.StopsDispatch();

    internal PeerContext Context => _request?.Context ?? throw new InvalidOperationException("The context is there from the upgrade on.");

    /// <summary>Completes when the host no longer counts the peer: the close hook has run, or was given up.</summary>
    internal Task WhenEnded => Closing.WhenLeft;

    /// <summary>Whether the host has given up on a hook of this peer, which may still run.</summary>
    internal bool IsGivenUp => _isGivenUp;

    /// <summary>Completes when no hook runs and none waits.</summary>
    internal Task WhenIdle => _hooks.WhenIdle();

    /// <summary>The name of the hook that is running or pending; null while none is.</summary>
    internal string? PendingHook => _hooks.PendingHook;

    internal ReadyState ReadyState =>
        _isClosed ? ReadyState.Closed : !_isOpened ? ReadyState.Connecting : _output.IsSealed || HasRemoteLeft ? ReadyState.Closing : ReadyState.Open;

    /// <summary>Makes the handler of one peer, in a scope of its own where its constructor takes services that are not singletons.</summary>
    /// <param name="host">The host that the peer belongs to.</param>
    /// <param name="options">The endpoint's limits; not changed later.</param>
    /// <param name="services">The application's services.</param>
    /// <exception cref="Exception">Whatever the handler's constructor throws; its scope is disposed.</exception>
    public static PeerConnection Create<THandler>(PeerHost host, PeerOptions options, IServiceProvider services)
        where THandler : class, IPeerHandler<THandler>
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(options);
        var shared = host.EnvironmentOf(THandler.Info, options, services);
        if (shared.Info.Services.Count == 0 || HookServices.AreSingletons(services, shared.Info.Services)) return new(shared, THandler.Create(services), scope: null);

        var scope = services.CreateAsyncScope();
        try
        {
            return new(shared, THandler.Create(scope.ServiceProvider), scope);
        }
        catch
        {
            // Services may be disposable in no other way; nobody needs to wait for them.
            _ = scope.DisposeAsync().AsTask();
            throw;
        }
    }

    /// <summary>Asks the upgrade hook, and keeps of the request what a peer shows later.</summary>
    /// <remarks>Called once, before the handshake is answered. What the hook throws is thrown.</remarks>
    public async ValueTask<UpgradeResult> UpgradeAsync(UpgradeRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        BeginTrace();
        var result = Has(PeerHooks.Upgrade) ? await CallUpgradeAsync(request) : UpgradeResult.Accept();
        _request = new(request, result.Subprotocol, Options.CapturedHeaders);
        if (Options.CloseOnAuthenticationExpiration && request.AuthenticationExpires is { } expires) _request.Expires = expires.UtcTicks;
        if (result.IsAccepted) AgreeOnCompression(request);
        return result;
    }

    /// <summary>Serves the peer from the answered handshake to its end: joins, open, messages, close, then disposes the handler.</summary>
    /// <returns>
    /// Completes when the close hook has run and the transport is done with; where the host has given up on a hook, as soon as that has no memory of
    /// the transport's. Never faults.
    /// </returns>
    public async Task RunAsync(PeerTransport transport)
    {
        ArgumentNullException.ThrowIfNull(transport);
        try
        {
            Open(transport);
            await transport.ReadAllAsync(this);
        }
        catch (Exception exception)
        {
            NoteFailure(exception);
        }

        await FinishAsync();
    }

    /// <summary>The beginning of <see cref="RunAsync"/>, for a host that has a task already for as long as the peer is there, and reads in it; the end is <see cref="FinishAsync"/>.</summary>
    internal void Open(PeerTransport transport)
    {
        _output.Attach(transport);
        _opened = _silentSince = Host.Now;
        Host.Add(this);
        _isOpened = true;
        Host.Log.Opened(Peer, Info.Name);
        using var turn = Turn.Enter();
        Metrics.Look();

        // A scheme may accept a ticket a little after its end, to allow for clock skew.
        _isExpiredAtOpen = IsExpired();
        if (_isExpiredAtOpen) return;
        if (Has(PeerHooks.Join) || Has(PeerHooks.Open)) _hooks.Post(new HookCall(HookKind.Open));
    }

    /// <summary>The end of <see cref="RunAsync"/>, when reading is over. Never faults.</summary>
    internal async Task FinishAsync()
    {
        var transport = _output.Transport!;
        await CloseAsync(transport);

        // A hook that was given up may still run: handler, scope and payload are its own until it ends, and then the close hook runs.
        var disposed = DisposeAfterHooksAsync();
        if (!_isGivenUp) await disposed;
        transport.LetGo();
    }

    /// <summary>As <see cref="RunAsync"/>, with no task for as long as the peer is there where the transport reads without one.</summary>
    /// <param name="transport">Where the bytes come from and go to.</param>
    /// <param name="ended">Called once, when <see cref="RunAsync"/> would complete.</param>
    public void Run(PeerTransport transport, Action ended)
    {
        ArgumentNullException.ThrowIfNull(transport);
        ArgumentNullException.ThrowIfNull(ended);
        if (!transport.ReadsWithoutTask)
        {
            RunAsync(transport).ConfigureAwait(false).GetAwaiter().UnsafeOnCompleted(ended);
            return;
        }

        _ended = ended;
        Open(transport);
        transport.StartReading(this);
    }

    /// <summary>Told by a transport that reads without a task: reading is over. Called once, on any thread; what follows runs elsewhere.</summary>
    /// <param name="failure">What was wrong, as <see cref="PeerTransport.ReadAllAsync"/> would throw it; null where nothing was.</param>
    public void EndReading(Exception? failure) =>
        ThreadPool.UnsafeQueueUserWorkItem(static end => _ = end.Connection.EndAsync(end.Failure), (Connection: this, Failure: failure), preferLocal: false);

    private async Task EndAsync(Exception? failure)
    {
        if (failure is not null) NoteFailure(failure);
        await FinishAsync();
        _ended!();
    }

    /// <summary>Notes what was wrong with reading. Resets, aborts and TLS failures come under many names, and all mean that the connection is lost; after our own cut, that it was cut.</summary>
    internal void NoteFailure(Exception exception)
    {
        if (_isOwnCut) return;
        Closing.TransportError = exception;
        Host.Log.TransportFailed(exception, Peer, Info.Name);
    }

    private async Task CloseAsync(PeerTransport transport)
    {
        var close = Closing.End();

        // Without a close frame the connection is lost, RFC 6455 §7.1.5: a write that still waits for the client would wait for ever.
        if (!Closing.IsSent && _output.Lose()) Abort();
        _isClosed = true;
        _streams?.Close();
        Volatile.Read(ref _requests)?.Close();
        PostClose();

        await _output.WhenFinished();
        await CompleteAsync(transport);
        await Task.WhenAny(Closing.HooksEnded.Task, WhenEnded);
        _subscriptions.Close();
        await WhenStreamsEnded();
        Leave();
        Host.Log.Closed(Peer, close);
        Metrics.ConnectionClosed(close, Host.Time.GetElapsedTime(_opened).TotalSeconds);
    }

    // No hook can open another by now. Whoever gave up on the peer does not wait for its streams either.
    private Task WhenStreamsEnded()
    {
        if (_streams is not { } streams) return Task.CompletedTask;
        streams.Close();
        return Task.WhenAny(streams.WhenEnded(), WhenEnded);
    }

    private void Leave()
    {
        _subscriptions.Close();
        Host.Remove(this);
        Closing.Leave();
    }

    private CloseState MakeClosing()
    {
        var closing = new CloseState();
        return Interlocked.CompareExchange(ref _closing, closing, null) ?? closing;
    }

    private void PostClose()
    {
        using var turn = Turn.Enter();
        _hooks.PostLast();
    }

    private static async ValueTask CompleteAsync(PeerTransport transport)
    {
        try
        {
            await transport.CompleteAsync();
        }
        catch (Exception)
        {
            // Nothing waits to be written, and the connection is gone already.
            transport.Abort();
        }
    }

    private async Task DisposeAfterHooksAsync()
    {
        await Closing.HooksEnded.Task;
        if (_streams is { } streams) await streams.WhenEnded();
        await DisposeAsync();
    }

    /// <summary>Disposes the handler and its scope, once. <see cref="RunAsync"/> does it by itself.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        _assembler.Dispose();
        _deflater?.Dispose();
        ReturnDeferred();
        try
        {
            if (_handler is IAsyncDisposable asynchronous) await asynchronous.DisposeAsync();
            else (_handler as IDisposable)?.Dispose();
            if (_scope is not null) await _scope.DisposeAsync();
        }
        catch (Exception exception)
        {
            Host.Log.DisposeFailed(exception, Info.Name, Peer);
        }
    }

    private PeerHandlerInfo Info => _shared.Info;

    private bool HasRemoteLeft => Volatile.Read(ref _closing) is { IsOver: true };

    private bool Has(PeerHooks hooks) => (Info.Hooks & hooks) != PeerHooks.None;
}
