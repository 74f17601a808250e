using Microsoft.Extensions.Logging;

namespace Peers.Tests.Kit;

/// <summary>Keeps what is logged under the category of the peers, and what the server reports as an error.</summary>
internal sealed class LogSink : ILoggerProvider
{
    // Guarded by _lock.
    private readonly Lock _lock = new();
    private readonly List<LogLine> _lines = [];
    private TaskCompletionSource _next = Patience.Signal();

    /// <summary>What was logged so far.</summary>
    public IReadOnlyList<LogLine> Lines
    {
        get
        {
            lock (_lock) return [.. _lines];
        }
    }

    /// <summary>A line of an event, at once or as soon as it is logged.</summary>
    /// <param name="eventId">The event.</param>
    /// <param name="ordinal">Which of its lines, counted from 1.</param>
    public async Task<LogLine> FindAsync(int eventId, int ordinal = 1)
    {
        while (true)
        {
            Task next;
            lock (_lock)
            {
                if (_lines.Where(line => line.EventId == eventId).ElementAtOrDefault(ordinal - 1) is { } found) return found;
                next = _next.Task;
            }

            await next.Soon();
        }
    }

    /// <summary>Returns when something has become true that is asked after every line.</summary>
    public async Task UntilAsync(Func<bool> isTrue)
    {
        while (true)
        {
            Task next;
            lock (_lock) next = _next.Task;
            if (isTrue()) return;
            await next.Soon();
        }
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
    }

    private void Add(LogLine line)
    {
        TaskCompletionSource waited;
        lock (_lock)
        {
            _lines.Add(line);
            (waited, _next) = (_next, Patience.Signal());
        }

        waited.SetResult();
    }

    private sealed class Logger(LogSink sink, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => category == "Peers" || logLevel >= LogLevel.Warning;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) sink.Add(new(category, eventId.Id, logLevel, formatter(state, exception), exception));
        }
    }
}

/// <summary>A line of the log.</summary>
internal sealed record LogLine(string Category, int EventId, LogLevel Level, string Text, Exception? Exception);
