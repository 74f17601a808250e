using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Peers.Tests.Kit;

/// <summary>What a host logged, as text.</summary>
internal sealed class LogLines : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<(int Id, string Text)> _lines = new();
    private TaskCompletionSource _added = Patience.Signal();

    /// <summary>The only line of an event.</summary>
    public string Single(int eventId) => Assert.Single(_lines, line => line.Id == eventId).Text;

    /// <summary>The only line of an event that another thread may be about to log.</summary>
    public async Task<string> SingleAsync(int eventId)
    {
        // The signal is taken before the look: a line that is added in between completes it.
        for (var added = Volatile.Read(ref _added); Count(eventId) == 0; added = Volatile.Read(ref _added)) await added.Soon();
        return Single(eventId);
    }

    /// <summary>How many lines an event has.</summary>
    public int Count(int eventId) => _lines.Count(line => line.Id == eventId);

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        _lines.Enqueue((eventId.Id, formatter(state, exception)));
        Interlocked.Exchange(ref _added, Patience.Signal()).TrySetResult();
    }

    public void Dispose()
    {
    }
}
