using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Peers.Observability;

/// <summary>
/// The only way from Peer to the application's log. Limits how often each event is logged (<see cref="LogRate"/>), makes values safe to
/// read (<see cref="LogText"/>, <see cref="LoggedException"/>), and never throws. Safe from any thread.
/// </summary>
/// <remarks>
/// Classes with <c>[LoggerMessage]</c> methods take this type and not <see cref="ILogger"/>, so no event can leave any of that out. An event
/// needs no code for it: its method takes raw values. A logging provider is foreign code. Its exception would end a connection or the
/// heartbeat, so the line is lost instead.
/// </remarks>
internal sealed class SafeLogger(ILogger logger, TimeProvider time) : ILogger
{
    private readonly ConcurrentDictionary<int, LogBudget> _budgets = new();

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel)
    {
        try
        {
            return logger.IsEnabled(logLevel);
        }
        catch (Exception)
        {
            return false;
        }
    }

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        try
        {
            if (!BudgetOf(eventId.Id, logLevel).TrySpend(out var suppressed)) return;
            var line = new LogLine((IReadOnlyList<KeyValuePair<string, object?>>)state!, suppressed);
            var safe = LoggedException.From(exception);
            logger.Log(logLevel, eventId, line, safe, static (line, _) => line.ToString());
        }
        catch (Exception thrown)
        {
            Debug.WriteLine(thrown);
        }
    }

    private LogBudget BudgetOf(int eventId, LogLevel level)
    {
        if (_budgets.TryGetValue(eventId, out var budget)) return budget;
        return _budgets.GetOrAdd(eventId, new LogBudget(time, LogRate.Of(eventId, level)));
    }
}
