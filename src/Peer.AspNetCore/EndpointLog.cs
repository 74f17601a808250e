using Microsoft.Extensions.Logging;
using Peers.Observability;

namespace Peers;

/// <summary>What an endpoint logs about those who want to connect. Event ids go on from 100 and are never reused. What a client can cause is rate-limited.</summary>
internal sealed partial class EndpointLog(ILogger logger, TimeProvider time)
{
    private readonly LogBudget _refused = new(time);
    private readonly LogBudget _origins = new(time);
    private readonly LogBudget _full = new(time);
    private readonly LogBudget _late = new(time);
    private readonly LogBudget _subprotocols = new(time);
    private readonly LogBudget _failed = new(time, perSecond: 100);

    public void Refused(string endpoint, HandshakeFault fault)
    {
        if (_refused.TrySpend(out var suppressed)) LogRefused(endpoint, fault.StatusCode, fault.Reason, suppressed);
    }

    public void ForeignOrigin(string endpoint, string origin)
    {
        if (_origins.TrySpend(out var suppressed)) LogForeignOrigin(LogText.OneLine(origin), endpoint, suppressed);
    }

    public void Full(string endpoint, int limit)
    {
        if (_full.TrySpend(out var suppressed)) LogFull(endpoint, limit, suppressed);
    }

    public void TooLate(string endpoint, string handler, TimeSpan limit)
    {
        if (_late.TrySpend(out var suppressed)) LogTooLate(handler, endpoint, limit, suppressed);
    }

    public void ServerFull(string endpoint, Exception exception)
    {
        if (_full.TrySpend(out var suppressed)) LogServerFull(exception, endpoint, suppressed);
    }

    public void NoSubprotocol(string endpoint, IReadOnlyList<string> offered)
    {
        if (_subprotocols.TrySpend(out var suppressed)) LogNoSubprotocol(LogText.OneLine(string.Join(", ", offered)), endpoint, suppressed);
    }

    public void WrongSubprotocol(string endpoint, string chosen)
    {
        if (_failed.TrySpend(out var suppressed)) LogWrongSubprotocol(endpoint, chosen, suppressed);
    }

    public void NotMade(string endpoint, string handler, Exception exception)
    {
        if (_failed.TrySpend(out var suppressed)) LogNotMade(exception, handler, endpoint, suppressed);
    }

    public void UpgradeFailed(string endpoint, string handler, Exception exception)
    {
        if (_failed.TrySpend(out var suppressed)) LogUpgradeFailed(exception, handler, endpoint, suppressed);
    }

    public void NoByteStream(string endpoint)
    {
        if (_failed.TrySpend(out var suppressed)) LogNoByteStream(endpoint, suppressed);
    }

    [LoggerMessage(100, LogLevel.Information, "A request to '{Endpoint}' was refused ({Status}): {Reason}" + LogBudget.Suppressed)]
    private partial void LogRefused(string endpoint, object status, string reason, object suppressed);

    [LoggerMessage(101, LogLevel.Warning, "Origin '{Origin}' may not connect to '{Endpoint}' (403). Add it to PeerOptions.AllowedOrigins if its pages are yours; behind a proxy, let UseForwardedHeaders restore scheme and host." + LogBudget.Suppressed)]
    private partial void LogForeignOrigin(string origin, string endpoint, object suppressed);

    [LoggerMessage(102, LogLevel.Warning, "One more peer on '{Endpoint}' would exceed MaxPeers ({Limit:N0} peers), so it was refused (503). Raise PeerOptions.MaxPeers or add servers." + LogBudget.Suppressed)]
    private partial void LogFull(string endpoint, object limit, object suppressed);

    [LoggerMessage(103, LogLevel.Warning, "The server took no further upgraded connection on '{Endpoint}' (503). Raise KestrelServerLimits.MaxConcurrentUpgradedConnections if that is its limit." + LogBudget.Suppressed)]
    private partial void LogServerFull(Exception exception, string endpoint, object suppressed);

    [LoggerMessage(104, LogLevel.Information, "The subprotocols '{Offered}' were offered to '{Endpoint}' and none was chosen; browsers then close the connection. Choose one in [OnUpgrade]: UpgradeResult.Accept(subprotocol)." + LogBudget.Suppressed)]
    private partial void LogNoSubprotocol(string offered, string endpoint, object suppressed);

    [LoggerMessage(105, LogLevel.Error, "The upgrade hook of '{Endpoint}' chose the subprotocol '{Chosen}', which the client did not offer (500). Choose one of UpgradeRequest.Subprotocols." + LogBudget.Suppressed)]
    private partial void LogWrongSubprotocol(string endpoint, string chosen, object suppressed);

    [LoggerMessage(106, LogLevel.Error, "{Handler} could not be made for a peer on '{Endpoint}' (500)." + LogBudget.Suppressed)]
    private partial void LogNotMade(Exception exception, string handler, string endpoint, object suppressed);

    [LoggerMessage(107, LogLevel.Error, "OnUpgrade of {Handler} failed on '{Endpoint}' (500)." + LogBudget.Suppressed)]
    private partial void LogUpgradeFailed(Exception exception, string handler, string endpoint, object suppressed);

    [LoggerMessage(108, LogLevel.Error, "'{Endpoint}' cannot serve peers (500): this server offers no byte stream after an upgrade." + LogBudget.Suppressed)]
    private partial void LogNoByteStream(string endpoint, object suppressed);

    [LoggerMessage(111, LogLevel.Warning, "OnUpgrade of {Handler} on '{Endpoint}' took longer than HandshakeTimeout ({Limit}), so the client was turned away (503). Raise PeerOptions.HandshakeTimeout, or let the hook heed its CancellationToken." + LogBudget.Suppressed)]
    private partial void LogTooLate(string handler, string endpoint, object limit, object suppressed);

    [LoggerMessage(109, LogLevel.Error, "The new options of '{Endpoint}' cannot work; the old ones stay in use.")]
    public partial void OptionsIgnored(string endpoint, Exception exception);
}
