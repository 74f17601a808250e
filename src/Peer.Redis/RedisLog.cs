using Microsoft.Extensions.Logging;
using Peers.Observability;

namespace Peers;

/// <summary>What this backplane logs beside its client. Event ids are never reused. Safe from any thread; never throws.</summary>
/// <remarks>The logger limits, bounds and sanitises every event: a method here takes raw values, names of channels included.</remarks>
internal sealed partial class RedisLog(SafeLogger logger, string backplane)
{
    public void ReceivingFailed(Exception exception, string channel) => LogReceivingFailed(exception, channel, backplane);

    public void RestoringFailed(Exception exception, string channel) => LogRestoringFailed(exception, channel, backplane);

    public void AskingFailed(Exception exception) => LogAskingFailed(exception, backplane);

    [LoggerMessage(300, LogLevel.Error, "A message for '{Channel}' from {Backplane} could not be delivered and is lost.")]
    private partial void LogReceivingFailed(Exception exception, string channel, string backplane);

    [LoggerMessage(301, LogLevel.Warning, "'{Channel}' no longer receives from other nodes: the connection to {Backplane} is restored and the server did not accept the subscription. It is retried.")]
    private partial void LogRestoringFailed(Exception exception, string channel, string backplane);

    [LoggerMessage(302, LogLevel.Error, "The state of the connection to {Backplane} could not be read. It is read again.")]
    private partial void LogAskingFailed(Exception exception, string backplane);
}
