using Microsoft.Extensions.Logging;
using Peers.Observability;

namespace Peers;

/// <summary>What the event loop logs. Event ids go on from 200 and are never reused. Safe from any thread; never throws.</summary>
/// <remarks>The logger limits, bounds and sanitises every event: a method here takes raw values.</remarks>
internal sealed partial class EventLoopLog(SafeLogger logger)
{
    public void TooManyConnections(int limit) => LogTooManyConnections(limit);

    [LoggerMessage(200, LogLevel.Warning, "The peer event loop needs Linux; Kestrel's own transport is used instead.")]
    public partial void NotLinux();

    [LoggerMessage(201, LogLevel.Error, "An operation failed on an event loop and was abandoned.")]
    public partial void Failed(Exception exception);

    [LoggerMessage(202, LogLevel.Error, "No connection can be accepted: the process has no file descriptor left. Raise the limit of open files (ulimit -n, LimitNOFILE) or lower PeerEventLoopOptions.MaxConnections.")]
    public partial void NoDescriptors();

    [LoggerMessage(203, LogLevel.Warning, "One more connection would exceed MaxConnections ({Limit:N0} connections), so it was closed. Raise PeerEventLoopOptions.MaxConnections or add servers.")]
    private partial void LogTooManyConnections(object limit);

    [LoggerMessage(204, LogLevel.Warning, "A hook of {Peer} ({Hook}) has held an event loop up for {Milliseconds:N0} ms, and with it every peer of that loop. Await what takes long, or set PeerEventLoopOptions.RunHooksOnThreadPool.")]
    public partial void Blocked(Peer peer, string hook, long milliseconds);

    [LoggerMessage(205, LogLevel.Warning, "Event loop {Loop} did not stop in time, so the server goes on without it. It is held up by {Peer} ({Hook}). Await what takes long, or set PeerEventLoopOptions.RunHooksOnThreadPool.")]
    public partial void NotStopped(object loop, object peer, string hook);
}
