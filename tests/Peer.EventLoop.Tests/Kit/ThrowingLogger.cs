using Microsoft.Extensions.Logging;

namespace Peers.Tests.Kit;

/// <summary>Throws at one event, and says when it has.</summary>
internal sealed class ThrowingLogger(int eventId) : ILoggerProvider, ILogger
{
    private readonly TaskCompletionSource _thrown = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Thrown => _thrown.Task;

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId id, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (id.Id != eventId) return;
        _thrown.TrySetResult();
        throw new InvalidOperationException("No log today.");
    }

    public void Dispose()
    {
    }
}
