using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using Peers.Observability;

namespace Peers;

/// <summary>What <c>MapPeer</c> maps: from a request to a running peer and its end, from top to bottom of this file.</summary>
internal sealed class PeerEndpoint(PeerHandlerInfo handler, Func<PeerOptions, PeerConnection> create, PeerEndpoints endpoints)
{
    private static readonly HandshakeFault s_stopping = new(503, "The server is shutting down.") { Kind = "stopping" };
    private static readonly HandshakeFault s_full = new(503, "No more peers can connect.") { Kind = "full" };
    private static readonly HandshakeFault s_foreign = new(403, "Pages of this origin may not connect.") { Kind = "origin" };
    private static readonly HandshakeFault s_late = new(503, "The server took too long to answer.") { Kind = "timeout" };
    private static readonly HandshakeFault s_failed = new(500, "The server failed.") { Kind = "failed" };
    private static readonly HandshakeFault s_noBytes = new(500, "This server offers no byte stream after an upgrade.") { Kind = "no_byte_stream" };

    private readonly EndpointLog _log = new(endpoints.Logger);
    private readonly HandlerMetrics _metrics = endpoints.Host.Metrics.Of(handler.Name);
    private readonly List<Action<PeerOptions>> _configure = [];
    private EndpointSettings? _settings;
    private Endpoint? _plain;
    private Action? _giveUpPlace;
    private int _peers;
    private TaskCompletionSource? _empty;

    /// <summary>The route pattern, for logs.</summary>
    public string Route { get; set; } = handler.Route ?? handler.Name;

    /// <summary>What routing chooses for a plain request that nothing but this endpoint matches.</summary>
    /// <remarks>It cannot run, and has none of the conventions of the peer.</remarks>
    public Endpoint Plain => _plain ??= new(requestDelegate: null, new(this), ToString());

    /// <summary>What holds for peers that connect now.</summary>
    public EndpointSettings Settings => _settings ?? Refresh();

    /// <summary>Adds to what the options of this endpoint differ in. Called before the application starts.</summary>
    public void Configure(Action<PeerOptions> configure) => _configure.Add(configure);

    /// <summary>Makes the options anew.</summary>
    /// <exception cref="InvalidOperationException">They cannot work.</exception>
    public EndpointSettings Refresh()
    {
        try
        {
            var options = endpoints.CreateOptions();
            foreach (var configure in _configure) configure(options);
            options.Validate();
            return _settings = new(options, new OriginRule(options.AllowedOrigins));
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or OptionsValidationException)
        {
            throw new InvalidOperationException($"The options of the peer endpoint '{Route}' cannot work: {exception.Message}", exception);
        }
    }

    /// <summary>As <see cref="Refresh"/>, while peers are served: what cannot work is logged and changes nothing.</summary>
    public void TryRefresh()
    {
        try
        {
            Refresh();
        }
        catch (InvalidOperationException exception)
        {
            _log.OptionsIgnored(Route, exception);
        }
    }

    /// <summary>Serves a request: refuses it, or runs the peer to its end.</summary>
    public Task ServeAsync(HttpContext http)
    {
        var settings = Settings;
        if (Refuse(http, settings) is { } fault) return AnswerAsync(http, fault);
        return TryTakePlace(settings.Options) ? RunAsync(http) : AnswerFullAsync(http, settings.Options);
    }

    /// <summary>Completes when no peer of this endpoint is left and no handshake is under way. Called once, when the endpoints admit no more peers.</summary>
    public Task WhenEmptyAsync()
    {
        var empty = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Interlocked.Exchange(ref _empty, empty);
        if (Volatile.Read(ref _peers) == 0) empty.TrySetResult();
        return empty.Task;
    }

    // The state machine lives as long as a peer over pipes does: it holds little, and calls no asynchronous method of its own, which would be another object.
    private async Task RunAsync(HttpContext http)
    {
        // A detached peer outlives the request and gives its place up itself.
        var isDetached = false;
        CancellationTokenRegistration closing = default;
        try
        {
            if (await AdmitAsync(http, Settings) is not { } admitted) return;
            var connection = admitted.Connection;

            // What flows with the request, such as IHttpContextAccessor's and its activity, is not for what outlives it.
            CleanContext.Restore();
            if (admitted.Bytes.Detachable is not null)
            {
                isDetached = true;
                await DetachAsync(admitted);
                return;
            }

            if (admitted.Bytes.Transport is not PipeTransport pipes)
            {
                var running = connection.RunAsync(admitted.Bytes.Transport);
                closing = CloseWhenStopping(admitted);
                await running;
                return;
            }

            // As RunAsync does.
            try
            {
                connection.Open(pipes);
                closing = CloseWhenStopping(admitted);
                ReceiveResult result;
                do
                {
                    result = pipes.Take(await pipes.ReadAsync(connection));
                    if (result == ReceiveResult.Pause) result = await connection.WhenReadable();
                }
                while (result == ReceiveResult.Continue);
            }
            catch (Exception exception)
            {
                connection.NoteFailure(exception);
            }

            await connection.FinishAsync();
        }
        finally
        {
            closing.Unregister();
            if (!isDetached) GiveUpPlace();
        }
    }

    private bool TryTakePlace(PeerOptions options)
    {
        if (Interlocked.Increment(ref _peers) <= options.MaxPeers) return true;
        GiveUpPlace();
        return false;
    }

    private void GiveUpPlace()
    {
        // With a full fence: either this sees that shutdown waits, or shutdown sees that no peer is left.
        if (Interlocked.Decrement(ref _peers) == 0) Volatile.Read(ref _empty)?.TrySetResult();
    }

    private HandshakeFault? Refuse(HttpContext http, EndpointSettings settings)
    {
        if (OpeningHandshake.Check(http) is { } fault)
        {
            _log.Refused(Route, fault);
            return fault;
        }

        if (endpoints.IsStopping)
        {
            _log.Refused(Route, s_stopping);
            return s_stopping;
        }

        var origin = http.Request.Headers.Origin is [var one] ? one : null;
        if (origin is not null && !settings.Origins.Allows(origin, http.Request))
        {
            _log.ForeignOrigin(Route, origin);
            _metrics.Exceeded(nameof(PeerOptions.AllowedOrigins));
            return s_foreign;
        }

        if (UpgradedBytes.AreOffered(http)) return null;
        _log.NoByteStream(Route);
        return UpgradedBytes.IsTestServer(http) ? throw NoTestServer() : s_noBytes;
    }

    // TestServer throws it where the test connects; a 500 would have told the test nothing.
    private InvalidOperationException NoTestServer()
    {
        _metrics.HandshakeEnded(s_noBytes.Kind);
        return new(
            $"'{Route}' cannot serve peers on TestServer, which offers no byte stream after an upgrade. " +
            "Test hooks with Peer.Testing; test middleware and authentication with Kestrel on port 0, such as UseKestrel(0) of WebApplicationFactory.");
    }

    private Task AnswerFullAsync(HttpContext http, PeerOptions options)
    {
        _log.Full(Route, options.MaxPeers);
        _metrics.Exceeded(nameof(PeerOptions.MaxPeers));
        return AnswerAsync(http, s_full);
    }

    // Null where the client was turned away, and has its answer.
    private async Task<Admitted?> AdmitAsync(HttpContext http, EndpointSettings settings)
    {
        if (Create(settings) is not { } connection)
        {
            await AnswerAsync(http, s_failed);
            return null;
        }

        UpgradedBytes? bytes = null;
        try
        {
            bytes = await UpgradeAsync(http, connection, settings.Options);
        }
        finally
        {
            // Turned away, or gone before it had its answer.
            if (bytes is null) await connection.DisposeAsync();
        }

        if (bytes is null) return null;
        _metrics.HandshakeEnded("accepted");
        return new(connection, bytes);
    }

    private PeerConnection? Create(EndpointSettings settings)
    {
        try
        {
            return create(settings.Options);
        }
        catch (Exception exception)
        {
            _log.NotMade(Route, handler.Name, exception);
            return null;
        }
    }

    // Null where the client was turned away, and has its answer.
    private async Task<UpgradedBytes?> UpgradeAsync(HttpContext http, PeerConnection connection, PeerOptions options)
    {
        using var clock = new HandshakeClock(endpoints.Time, options.HandshakeTimeout);
        var request = new HttpUpgradeRequest(http, clock);
        var asking = AskAsync(request, connection);
        if (!await clock.IsInTimeAsync(asking))
        {
            await AnswerLateAsync(http, options, asking);
            return null;
        }

        if (await asking is { IsAccepted: false } rejection)
        {
            await RejectAsync(http, rejection);
            return null;
        }

        if (await asking is not { } result || !IsOffered(result.Subprotocol, request))
        {
            if (http.RequestAborted.IsCancellationRequested) _metrics.HandshakeEnded("aborted");
            else await AnswerAsync(http, s_failed);
            return null;
        }

        // The application may have begun to stop during the hook. A peer that opened now would be closed at once.
        if (!endpoints.IsStopping) return await AcceptAsync(http, result, connection.Extensions);
        _log.Refused(Route, s_stopping);
        await AnswerAsync(http, s_stopping);
        return null;
    }

    // The client has its answer at once. Request and handler stay until the hook has ended, which still uses them.
    private async Task AnswerLateAsync(HttpContext http, PeerOptions options, Task asking)
    {
        _log.TooLate(Route, handler.Name, options.HandshakeTimeout);
        _metrics.Exceeded(nameof(PeerOptions.HandshakeTimeout));
        await AnswerAnewAsync(http, s_late);
        await http.Response.CompleteAsync();
        await asking;
    }

    // Never faults.
    private async Task<UpgradeResult?> AskAsync(HttpUpgradeRequest request, PeerConnection connection)
    {
        try
        {
            return await connection.UpgradeAsync(request);
        }
        catch (OperationCanceledException) when (request.Aborted.IsCancellationRequested)
        {
            // Nobody waits for an answer any more.
            return null;
        }
        catch (Exception exception)
        {
            _log.UpgradeFailed(Route, handler.Name, exception);
            return null;
        }
    }

    // RFC 6455 §4.2.2: one of those that the client offered, or none.
    private bool IsOffered(string? chosen, HttpUpgradeRequest request)
    {
        if (chosen is null)
        {
            if (request.Subprotocols.Count > 0) _log.NoSubprotocol(Route, request.Subprotocols.Count);
            return true;
        }

        if (request.Subprotocols.Contains(chosen, StringComparer.Ordinal)) return true;
        _log.WrongSubprotocol(Route);
        return false;
    }

    private async Task<UpgradedBytes?> AcceptAsync(HttpContext http, UpgradeResult result, string extensions)
    {
        if (!await TrySetHeadersAsync(http, result)) return null;

        // Middleware may have set them, or the hook through HttpContext. A 101 has no body: RFC 9110 §8.6, RFC 9112 §6.1.
        http.Response.Headers.Remove(HeaderNames.ContentLength);
        http.Response.Headers.Remove(HeaderNames.TransferEncoding);
        http.Response.Headers.Remove(HeaderNames.SecWebSocketExtensions);
        if (extensions.Length > 0) http.Response.Headers.SecWebSocketExtensions = extensions;
        if (result.Subprotocol is { } subprotocol) http.Response.Headers.SecWebSocketProtocol = subprotocol;
        try
        {
            return await UpgradedBytes.AcceptAsync(http);
        }
        catch (InvalidOperationException exception)
        {
            _log.ServerFull(Route, exception);
            await AnswerAnewAsync(http, s_full);
            return null;
        }
    }

    private async Task RejectAsync(HttpContext http, UpgradeResult result)
    {
        if (!await TrySetHeadersAsync(http, result)) return;
        NoteRejection(result);
        await WriteAsync(http, result.StatusCode, result.Body);
    }

    private void NoteRejection(UpgradeResult result)
    {
        if (result.UnreadableRouteValue is { } name)
        {
            _metrics.HandshakeEnded("route_value");
            _log.UnreadableRouteValue(Route, name, result.StatusCode);
            return;
        }

        _metrics.HandshakeEnded("hook");
        _log.RejectedByHook(Route, handler.Name, result.StatusCode);
    }

    // False where HTTP cannot carry a header of the hook's, and the client has its answer.
    private async ValueTask<bool> TrySetHeadersAsync(HttpContext http, UpgradeResult result)
    {
        try
        {
            foreach (var (name, value) in result.Headers) http.Response.Headers.Append(name, value);
            return true;
        }
        catch (InvalidOperationException exception)
        {
            _log.UpgradeFailed(Route, handler.Name, exception);
            await AnswerAnewAsync(http, s_failed);
            return false;
        }
    }

    // A peer gives up its place and disposes its handler at its end. One that never began has no end.
    private async Task DetachAsync(Admitted admitted)
    {
        var hasBegun = false;
        try
        {
            await admitted.Bytes.Detachable!.DetachAsync(admitted.Connection, transport =>
            {
                hasBegun = true;
                Run(admitted, transport);
            });
        }
        finally
        {
            if (!hasBegun)
            {
                GiveUpPlace();
                await admitted.Connection.DisposeAsync();
            }
        }
    }

    // Without a beginning there would be no end, at which the peer leaves the host and gives up its place.
    private void Run(Admitted admitted, PeerTransport transport)
    {
        try
        {
            admitted.Connection.Run(transport, _giveUpPlace ??= GiveUpPlace);
            CloseIfStopping(admitted);
        }
        catch (Exception exception)
        {
            admitted.Connection.EndReading(exception);
        }
    }

    // Shutdown closed the peers that were open when it began; this one may have opened later.
    private void CloseIfStopping(Admitted admitted)
    {
        if (endpoints.IsStopping || admitted.Bytes.CloseRequested.IsCancellationRequested) admitted.Connection.Peer.Close(CloseCode.ServiceRestart);
    }

    // The server also closes connections while the application goes on: it replaces an endpoint whose certificate or address has changed.
    private CancellationTokenRegistration CloseWhenStopping(Admitted admitted)
    {
        CloseIfStopping(admitted);
        return admitted.Bytes.CloseRequested.UnsafeRegister(static connection => ((PeerConnection)connection!).Peer.Close(CloseCode.ServiceRestart), admitted.Connection);
    }

    private Task AnswerAnewAsync(HttpContext http, HandshakeFault fault)
    {
        if (http.Response.HasStarted) return Task.CompletedTask;
        http.Response.Headers.Clear();

        // The server has set the reason phrase of a 101 where its upgrade failed.
        if (http.Features.Get<IHttpResponseFeature>() is { } response) response.ReasonPhrase = null;
        return AnswerAsync(http, fault);
    }

    private Task AnswerAsync(HttpContext http, HandshakeFault fault)
    {
        _metrics.HandshakeEnded(fault.Kind);
        if (fault.HeaderName is { } name) http.Response.Headers[name] = fault.HeaderValue;

        // RFC 9110 §7.8: who sends Upgrade lists it in Connection.
        if (fault.HeaderName == HeaderNames.Upgrade) http.Response.Headers.Connection = HeaderNames.Upgrade;
        return WriteAsync(http, fault.StatusCode, fault.Reason);
    }

    private static async Task WriteAsync(HttpContext http, int status, string? body)
    {
        http.Response.StatusCode = status;
        if (body is null || status == StatusCodes.Status304NotModified) return;
        var text = Encoding.UTF8.GetBytes(body);
        http.Response.ContentType ??= "text/plain; charset=utf-8";
        http.Response.ContentLength = text.Length;
        await http.Response.Body.WriteAsync(text, http.RequestAborted);
    }

    /// <summary>Handler and route, for the endpoint's display name.</summary>
    public override string ToString() => $"Peer {handler.Name} ({Route})";
}

/// <summary>The options of an endpoint and what follows from them.</summary>
internal sealed record EndpointSettings(PeerOptions Options, OriginRule Origins);

/// <summary>A peer that was let in.</summary>
internal sealed record Admitted(PeerConnection Connection, UpgradedBytes Bytes);
