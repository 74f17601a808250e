using System.Collections.Concurrent;

namespace Peers.Tests.Kit;

/// <summary>A log that tests wait on: each line is a signal.</summary>
public sealed class LogWatch : ILoggerFactory, ILogger
{
    private readonly ConcurrentDictionary<int, SemaphoreSlim> _signals = new();

    public ConcurrentQueue<string> Lines { get; } = new();

    /// <summary>Waits for one more line with an event id than were waited for before.</summary>
    public async Task UntilAsync(int eventId)
    {
        if (!await Signal(eventId).WaitAsync(Patience.Time)) throw new TimeoutException($"Event {eventId} was not logged. The log:\n{string.Join('\n', Lines)}");
    }

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        Lines.Enqueue($"{eventId.Id} {formatter(state, exception)}");
        Signal(eventId.Id).Release();
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
    }

    private SemaphoreSlim Signal(int eventId) => _signals.GetOrAdd(eventId, static _ => new(0));
}
