using Microsoft.Extensions.Logging;
using Peers.Observability;

namespace Peers;

/// <summary>What this backplane logs beside its client. Event ids are never reused. Safe from any thread; never throws.</summary>
internal sealed partial class RedisLog(ILogger logger, string backplane)
{
    private readonly LogBudget _receiving = new(TimeProvider.System, perSecond: 2);
    private readonly LogBudget _restoring = new(TimeProvider.System, perSecond: 2);

    public void ReceivingFailed(Exception exception, string channel)
    {
        if (_receiving.TrySpend(out var suppressed)) LogReceivingFailed(exception, LogText.OneLine(channel), backplane, suppressed);
    }

    public void RestoringFailed(Exception exception, string channel)
    {
        if (_restoring.TrySpend(out var suppressed)) LogRestoringFailed(exception, LogText.OneLine(channel), backplane, suppressed);
    }

    public void AskingFailed(Exception exception)
    {
        if (_restoring.TrySpend(out var suppressed)) LogAskingFailed(exception, backplane, suppressed);
    }

    [LoggerMessage(300, LogLevel.Error, "What came for '{Channel}' from {Backplane} could not be handed over, and is lost." + LogBudget.Suppressed)]
    private partial void LogReceivingFailed(Exception exception, string channel, string backplane, int suppressed);

    [LoggerMessage(301, LogLevel.Warning, "'{Channel}' does not hear other nodes any more: {Backplane} is back and did not take its subscription. It is tried again." + LogBudget.Suppressed)]
    private partial void LogRestoringFailed(Exception exception, string channel, string backplane, int suppressed);

    [LoggerMessage(302, LogLevel.Error, "{Backplane} could not be asked whether it is back. It is asked again." + LogBudget.Suppressed)]
    private partial void LogAskingFailed(Exception exception, string backplane, int suppressed);
}
