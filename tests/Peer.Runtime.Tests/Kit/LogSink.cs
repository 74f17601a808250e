using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Peers.Tests.Kit;

/// <summary>Keeps what a host logs.</summary>
internal sealed class LogSink : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<LogLine> _lines = new();

    public IReadOnlyCollection<LogLine> Lines => _lines;

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue(new(eventId.Id, logLevel, formatter(state, exception), exception));

    public void Dispose()
    {
    }
}

/// <summary>A line of the log.</summary>
internal sealed record LogLine(int EventId, LogLevel Level, string Text, Exception? Exception);

/// <summary>The container of a handler that takes nothing but its script.</summary>
internal sealed class OneService(Script handler) : IServiceProvider
{
    public object? GetService(Type serviceType) => serviceType == typeof(Script) ? handler : null;
}
