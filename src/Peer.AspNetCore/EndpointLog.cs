using Microsoft.Extensions.Logging;
using Peers.Observability;

namespace Peers;

/// <summary>What an endpoint logs about clients that want to connect. Event ids go on from 100 and are never reused. Safe from any thread; never throws.</summary>
/// <remarks>The logger limits, bounds and sanitises every event: a method here takes raw values, headers of a request included.</remarks>
internal sealed partial class EndpointLog(SafeLogger logger)
{
    public void Refused(string endpoint, HandshakeFault fault) => LogRefused(endpoint, fault.StatusCode, fault.Reason);

    public void ForeignOrigin(string endpoint, string origin)
    {
        if (OriginRule.IsOrigin(origin)) LogForeignOrigin(origin, endpoint);
        else LogNoOrigin(endpoint);
    }

    public void RejectedByHook(string endpoint, string handler, int status) => LogRejectedByHook(handler, endpoint, status);

    public void UnreadableRouteValue(string endpoint, string name, int status) => LogUnreadableRouteValue(name, endpoint, status);

    public void Full(string endpoint, int limit) => LogFull(endpoint, limit);

    public void TooLate(string endpoint, string handler, TimeSpan limit) => LogTooLate(handler, endpoint, limit);

    public void ServerFull(string endpoint, Exception exception) => LogServerFull(exception, endpoint);

    public void NoSubprotocol(string endpoint, int offered) => LogNoSubprotocol(offered, endpoint);

    public void NotMade(string endpoint, string handler, Exception exception) => LogNotMade(exception, handler, endpoint);

    public void UpgradeFailed(string endpoint, string handler, Exception exception) => LogUpgradeFailed(exception, handler, endpoint);

    [LoggerMessage(100, LogLevel.Debug, "A request to '{Endpoint}' was refused ({Status}): {Reason}")]
    private partial void LogRefused(string endpoint, object status, string reason);

    [LoggerMessage(101, LogLevel.Warning, "Origin '{Origin}' may not connect to '{Endpoint}' (403). Add it to PeerOptions.AllowedOrigins if its pages are yours; behind a proxy, let UseForwardedHeaders restore scheme and host.")]
    private partial void LogForeignOrigin(string origin, string endpoint);

    [LoggerMessage(102, LogLevel.Warning, "One more peer on '{Endpoint}' would exceed MaxPeers ({Limit:N0} peers), so it was refused (503). Raise PeerOptions.MaxPeers or add servers.")]
    private partial void LogFull(string endpoint, object limit);

    [LoggerMessage(103, LogLevel.Warning, "The server accepted no further upgraded connection on '{Endpoint}' (503). Raise KestrelServerLimits.MaxConcurrentUpgradedConnections if that is its limit.")]
    private partial void LogServerFull(Exception exception, string endpoint);

    // Clients put tokens into subprotocols, because browsers let them set no other header. Neither what is offered nor what a hook makes of it
    // is logged.
    [LoggerMessage(104, LogLevel.Information, "A client offered {Offered:N0} subprotocols to '{Endpoint}' and none was chosen; browsers then close the connection. Choose one in [OnUpgrade]: UpgradeResult.Accept(subprotocol).")]
    private partial void LogNoSubprotocol(object offered, string endpoint);

    [LoggerMessage(105, LogLevel.Error, "The upgrade hook of '{Endpoint}' chose a subprotocol that the client did not offer (500). Choose one of UpgradeRequest.Subprotocols.")]
    public partial void WrongSubprotocol(string endpoint);

    [LoggerMessage(106, LogLevel.Error, "{Handler} could not be created for a peer on '{Endpoint}' (500).")]
    private partial void LogNotMade(Exception exception, string handler, string endpoint);

    [LoggerMessage(107, LogLevel.Error, "OnUpgrade of {Handler} failed on '{Endpoint}' (500).")]
    private partial void LogUpgradeFailed(Exception exception, string handler, string endpoint);

    [LoggerMessage(108, LogLevel.Error, "'{Endpoint}' cannot serve peers (500): this server offers no byte stream after an upgrade. TestServer offers none: test with Peer.Testing, or with Kestrel on port 0 (UseKestrel(0) of WebApplicationFactory).")]
    public partial void NoByteStream(string endpoint);

    [LoggerMessage(111, LogLevel.Warning, "OnUpgrade of {Handler} on '{Endpoint}' took longer than HandshakeTimeout ({Limit}), so the client was rejected (503). Raise PeerOptions.HandshakeTimeout, or let the hook observe its CancellationToken.")]
    private partial void LogTooLate(string handler, string endpoint, object limit);

    [LoggerMessage(109, LogLevel.Error, "The new options of '{Endpoint}' cannot work; the old ones stay in use.")]
    public partial void OptionsIgnored(string endpoint, Exception exception);

    [LoggerMessage(114, LogLevel.Debug, "OnUpgrade of {Handler} rejected a client of '{Endpoint}' ({Status}).")]
    private partial void LogRejectedByHook(string handler, string endpoint, object status);

    [LoggerMessage(115, LogLevel.Debug, "A request to '{Endpoint}' was refused ({Status}): its route value '{Name}' is missing or cannot be read.")]
    private partial void LogUnreadableRouteValue(string name, string endpoint, object status);

    [LoggerMessage(116, LogLevel.Debug, "A request to '{Endpoint}' was refused (403): the value of its Origin header is no origin.")]
    private partial void LogNoOrigin(string endpoint);

    [LoggerMessage(112, LogLevel.Information, "Shutdown begins: {Count:N0} peers are asked to close ({Code}), within ShutdownTimeout ({Timeout}).")]
    public partial void ShutdownBegins(object count, object code, object timeout);

    [LoggerMessage(113, LogLevel.Information, "Shutdown of {Count:N0} peers ended after {Milliseconds:N0} ms; {Terminated:N0} of them were terminated.")]
    public partial void ShutdownEnded(object count, object milliseconds, object terminated);
}
