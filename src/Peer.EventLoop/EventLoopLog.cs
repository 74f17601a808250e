using Microsoft.Extensions.Logging;
using Peers.Observability;

namespace Peers;

/// <summary>What the event loop logs. Event ids go on from 200 and are never reused. What a client can cause is rate-limited.</summary>
internal sealed partial class EventLoopLog(ILogger logger, TimeProvider time)
{
    private readonly LogBudget _failed = new(time, perSecond: 100);
    private readonly LogBudget _descriptors = new(time, perSecond: 1);
    private readonly LogBudget _connections = new(time);

    public void Failed(Exception exception)
    {
        if (_failed.TrySpend(out var suppressed)) LogFailed(exception, suppressed);
    }

    public void NoDescriptors()
    {
        if (_descriptors.TrySpend(out var suppressed)) LogNoDescriptors(suppressed);
    }

    public void TooManyConnections(int limit)
    {
        if (_connections.TrySpend(out var suppressed)) LogTooManyConnections(limit, suppressed);
    }

    [LoggerMessage(200, LogLevel.Warning, "The peer event loop needs Linux; Kestrel's own transport is used instead.")]
    public partial void NotLinux();

    [LoggerMessage(201, LogLevel.Error, "Serving a connection failed on its event loop; what it was for was given up." + LogBudget.Suppressed)]
    private partial void LogFailed(Exception exception, int suppressed);

    [LoggerMessage(202, LogLevel.Error, "No connection can be accepted: the process has no file descriptor left. Raise the limit of open files (ulimit -n, LimitNOFILE) or lower PeerEventLoopOptions.MaxConnections." + LogBudget.Suppressed)]
    private partial void LogNoDescriptors(int suppressed);

    [LoggerMessage(203, LogLevel.Warning, "One more connection would exceed MaxConnections ({Limit:N0} connections), so it was closed. Raise PeerEventLoopOptions.MaxConnections or add servers." + LogBudget.Suppressed)]
    private partial void LogTooManyConnections(int limit, int suppressed);

    [LoggerMessage(204, LogLevel.Warning, "A hook of {Peer} ({Hook}) has held an event loop up for {Milliseconds:N0} ms, and with it every peer of that loop. Await what takes long, or set PeerEventLoopOptions.RunHooksOnThreadPool.")]
    public partial void Blocked(Peer peer, string hook, long milliseconds);

    [LoggerMessage(205, LogLevel.Warning, "Event loop {Loop} did not stop in time, so the server goes on without it. It is held up by {Peer} ({Hook}). Await what takes long, or set PeerEventLoopOptions.RunHooksOnThreadPool.")]
    public partial void NotStopped(object loop, object peer, string hook);
}
