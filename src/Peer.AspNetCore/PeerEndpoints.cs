using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Peers.Observability;

namespace Peers;

/// <summary>All endpoints of an application, and what they share.</summary>
internal sealed class PeerEndpoints : IDisposable
{
    private readonly ConcurrentQueue<PeerEndpoint> _endpoints = new();
    private readonly IOptionsFactory<PeerOptions> _options;
    private readonly IDisposable[] _changes;
    private volatile bool _isStopping;

    public PeerEndpoints(PeerHost host, IOptionsFactory<PeerOptions> options, IEnumerable<IOptionsChangeTokenSource<PeerOptions>> changes, ILoggerFactory loggers)
    {
        (Host, _options, Logger) = (host, options, new SafeLogger(loggers.CreateLogger("Peers"), host.Time));
        _changes = [.. changes.Select(source => ChangeToken.OnChange(source.GetChangeToken, Refresh))];
    }

    public PeerHost Host { get; }

    public SafeLogger Logger { get; }

    public TimeProvider Time => Host.Time;

    /// <summary>Whether the application is stopping: no endpoint admits a peer any more.</summary>
    public bool IsStopping => _isStopping;

    /// <summary>How long shutdown may take: as long as the endpoint that wants longest.</summary>
    public TimeSpan ShutdownTimeout
    {
        get
        {
            var longest = TimeSpan.Zero;
            foreach (var endpoint in _endpoints)
            {
                var timeout = endpoint.Settings.Options.ShutdownTimeout;
                if (ToTicks(timeout) > ToTicks(longest)) longest = timeout;
            }

            return longest;
        }
    }

    public void Add(PeerEndpoint endpoint) => _endpoints.Enqueue(endpoint);

    /// <summary>The options that every endpoint begins with. Each call makes new ones.</summary>
    /// <exception cref="OptionsValidationException">They cannot work.</exception>
    public PeerOptions CreateOptions() => _options.Create(Options.DefaultName);

    /// <summary>Makes every endpoint's options.</summary>
    /// <exception cref="OptionsValidationException">Those of all endpoints cannot work.</exception>
    /// <exception cref="InvalidOperationException">Those of one cannot work.</exception>
    public void Validate()
    {
        // Not ValidateOnStart: it begins to watch the configuration, and throws into whoever reloads it.
        CreateOptions();
        foreach (var endpoint in _endpoints) endpoint.Refresh();
    }

    /// <summary>Admits no more peers. Those that are connected stay.</summary>
    public void Stop() => _isStopping = true;

    /// <summary>Completes when no endpoint runs a peer or a handshake. Called once, after <see cref="Stop"/>.</summary>
    public Task WhenEmptyAsync() => Task.WhenAll(_endpoints.Select(endpoint => endpoint.WhenEmptyAsync()));

    public void Dispose()
    {
        foreach (var change in _changes) change.Dispose();
    }

    private void Refresh()
    {
        foreach (var endpoint in _endpoints) endpoint.TryRefresh();
    }

    // Infinite is a negative number of ticks.
    private static ulong ToTicks(TimeSpan time) => (ulong)time.Ticks;
}
