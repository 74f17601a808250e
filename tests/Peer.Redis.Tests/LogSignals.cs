using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Peers.Tests;

/// <summary>A log that tests wait on.</summary>
internal sealed class LogSignals : ILoggerFactory, ILogger
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<int, TaskCompletionSource<string>> _first = new();

    /// <summary>The first line with an event id, once it is there.</summary>
    public Task<string> UntilAsync(int eventId) => First(eventId).Task.WaitAsync(s_patience);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        First(eventId.Id).TrySetResult(formatter(state, exception));

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public void Dispose()
    {
    }

    private TaskCompletionSource<string> First(int eventId) => _first.GetOrAdd(eventId, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
