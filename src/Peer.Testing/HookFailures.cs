using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Peers.Observability;

namespace Peers;

/// <summary>Hears what the host logs, passes it on, and keeps for each peer the newest exception, so that a failed test can show it.</summary>
internal sealed class HookFailures(ILoggerFactory next) : ILoggerFactory
{
    private readonly ConditionalWeakTable<Peer, Exception> _newest = [];

    /// <summary>What a hook of the peer threw last, or null.</summary>
    public Exception? Of(Peer peer) => _newest.TryGetValue(peer, out var exception) ? exception : null;

    public ILogger CreateLogger(string categoryName) => new Listener(next.CreateLogger(categoryName), this);

    public void AddProvider(ILoggerProvider provider) => next.AddProvider(provider);

    // The factory behind it is the container's.
    public void Dispose() { }

    private void Note<TState>(TState state, Exception exception)
    {
        if (state is not IEnumerable<KeyValuePair<string, object?>> values) return;
        foreach (var (_, value) in values)
        {
            if (value is Peer peer) _newest.AddOrUpdate(peer, exception);
        }
    }

    private sealed class Listener(ILogger next, HookFailures failures) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => next.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel == LogLevel.Error || next.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel == LogLevel.Error && exception is not null) failures.Note(state, exception is LoggedException safe ? safe.Original : exception);
            if (next.IsEnabled(logLevel)) next.Log(logLevel, eventId, state, exception, formatter);
        }
    }
}
