using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Peers;

/// <summary>Handlers under test in memory: the real runtime, its hooks, frames, channels and limits, without a server, a port or HTTP.</summary>
/// <remarks>
/// Safe from any thread. What ASP.NET Core does before an upgrade (middleware, authorization, origins, route constraints) does not happen here:
/// give <see cref="PeerTestRequest.User"/> and the like instead. Keep-alive is off unless the options turn it on, because a clock
/// that leaps would lose peers that are well.
/// </remarks>
public sealed class PeerTestHost : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly HookFailures _failures;
    private readonly Action<PeerOptions>? _configure;
    private readonly ConcurrentQueue<PeerTestEndpoint> _endpoints = new();
    private readonly ConcurrentDictionary<PeerTestClient, bool> _clients = new();
    private TimeSpan _shutdownTimeout = TimeSpan.Zero;
    private long _activity;
    private int _isStopping;

    private PeerTestHost(ServiceProvider services, HookFailures failures, Action<PeerOptions>? configure)
    {
        (_services, _failures, _configure) = (services, failures, configure);
        Host = services.GetRequiredService<PeerHost>();
    }

    /// <summary>All peers and channels, as hooks get it by injection.</summary>
    public PeerHost Host { get; }

    /// <summary>The services that handlers get theirs from.</summary>
    public IServiceProvider Services => _services;

    /// <summary>
    /// How long clients wait for what must happen, in real time whatever the clock of the host: it makes a broken test fail and not hang.
    /// Default: 10 seconds, without end under a debugger.
    /// </summary>
    public TimeSpan Patience { get; set; } = Debugger.IsAttached ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(10);

    internal bool IsStopping => Volatile.Read(ref _isStopping) != 0;

    /// <summary>Starts a host for one handler, at the route of its <c>[PeerHandler]</c>.</summary>
    /// <param name="services">Registers what handlers take, or null. Loggers are there, and silent unless others are registered.</param>
    /// <param name="options">Sets the options of all handlers, or null.</param>
    /// <param name="time">The clock of all that the runtime times, also for handlers that take a <see cref="TimeProvider"/>; the system's where it is left out.</param>
    /// <exception cref="InvalidOperationException">The handler names no route: use <see cref="Map"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its bounds.</exception>
    public static PeerTestHost Start<THandler>(Action<IServiceCollection>? services = null, Action<PeerOptions>? options = null, TimeProvider? time = null)
        where THandler : class, IPeerHandler<THandler> => Start(services, options, time).Map<THandler>();

    /// <summary>Starts a host without handlers, for <see cref="Map"/>.</summary>
    /// <inheritdoc cref="Start{THandler}" path="/param"/>
    public static PeerTestHost Start(Action<IServiceCollection>? services = null, Action<PeerOptions>? options = null, TimeProvider? time = null)
    {
        var collection = new ServiceCollection();
        services?.Invoke(collection);
        if (time is not null) collection.AddSingleton(time);
        collection.TryAddSingleton(TimeProvider.System);
        collection.TryAddSingleton<ILoggerFactory>(NullLoggerFactory.Instance);
        collection.TryAddSingleton(typeof(ILogger<>), typeof(Logger<>));
        collection.AddSingleton<IPeerServiceLifetimes>(new PeerServiceLifetimes(collection));
        collection.AddSingleton(provider => new HookFailures(provider.GetRequiredService<ILoggerFactory>()));
        collection.AddSingleton(MakeHost);

        var built = collection.BuildServiceProvider(validateScopes: true);
        return new(built, built.GetRequiredService<HookFailures>(), options);
    }

    /// <summary>Maps a handler to a route.</summary>
    /// <remarks>
    /// Patterns are segments of text, <c>{name}</c>, <c>{name?}</c>, <c>{name=default}</c> and, at the end, <c>{*rest}</c>. Constraints are not checked.
    /// Where several match a path, that of the more exact first segment is meant, as in ASP.NET Core.
    /// </remarks>
    /// <param name="pattern">The pattern; that of <c>[PeerHandler]</c> where it is left out.</param>
    /// <param name="options">Sets options of this handler, after those of all.</param>
    /// <returns>This host.</returns>
    /// <exception cref="InvalidOperationException">The handler names no route, or takes a route value that the pattern lacks.</exception>
    /// <exception cref="ArgumentException">A segment mixes text and parameters.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its bounds.</exception>
    public PeerTestHost Map<THandler>([StringSyntax("Route")] string? pattern = null, Action<PeerOptions>? options = null) where THandler : class, IPeerHandler<THandler>
    {
        var info = THandler.Info;
        var route = new RouteTemplate(pattern ?? info.Route ?? throw new InvalidOperationException(
            $"'{info.Name}' names no route. Write [PeerHandler(\"/route\")] on it, or PeerTestHost.Start().Map<{info.Name}>(\"/route\")."));
        if (info.RouteValues.FirstOrDefault(name => !route.Has(name)) is { } missing) throw new InvalidOperationException(
            $"'{info.Name}' takes the route value '{missing}', which '{route.Pattern}' lacks. Map it to a pattern with '{{{missing}}}'.");

        var limits = CreateOptions(options);
        _endpoints.Enqueue(new(route, info, limits, _services, () => PeerConnection.Create<THandler>(Host, limits, _services)));
        return this;
    }

    /// <summary>Connects a client. When this returns the peer has joined its channels, also for what other nodes publish, and its open hook has run, or run up to where it first awaits.</summary>
    /// <param name="path">The path, percent-encoded where needed, with or without a query: <c>/rooms/a?name=Ada</c>.</param>
    /// <param name="configure">Sets headers, user, subprotocols and the like, or null.</param>
    /// <param name="cancellationToken">The client gives up: <see cref="UpgradeRequest.Aborted"/>.</param>
    /// <exception cref="PeerTestRejectedException">The client is turned away; the exception has status, headers and body, and what a failing constructor or upgrade hook threw.</exception>
    /// <exception cref="TimeoutException">The open hook holds its thread.</exception>
    public async Task<PeerTestClient> ConnectAsync(string path, Action<PeerTestRequest>? configure = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        ObjectDisposedException.ThrowIf(IsStopping, this);
        var request = new PeerTestRequest(path);
        configure?.Invoke(request);

        var (endpoint, routeValues) = Find(request.EncodedPath);
        var admitted = await endpoint.AdmitAsync(this, request, routeValues, cancellationToken);
        var client = new PeerTestClient(this, admitted);
        await client.InTime(admitted.Opened, "its open hook, which holds its thread");
        await client.InTime(Host.WhenSubscribed(), "the backplane, which does not take its subscriptions");
        return client;
    }

    /// <summary>Waits until all that clients sent is dealt with: every message was given to its hook, no hook runs, and all that was sent and published has come.</summary>
    /// <remarks>
    /// It waits for signals, not for time to pass. It pings every client, which <c>[OnPing]</c> hooks see. What an application does by itself, in the background or
    /// at a time, it cannot know of; messages that a hook left to other threads neither.
    /// </remarks>
    /// <exception cref="TimeoutException">A hook does not end.</exception>
    /// <exception cref="InvalidOperationException">A client does not read, so that nobody can know what has come.</exception>
    public async Task SettleAsync()
    {
        await Task.WhenAll(_clients.Keys.Select(RoundTripAsync));
        long before;
        do
        {
            // Quiet is a whole round in which nothing came: hooks were done, and then what they had sent was waited for.
            before = Volatile.Read(ref _activity);
            await Task.WhenAll(_clients.Keys.Select(client => client.WhenIdleAsync()));
            await Task.WhenAll(_clients.Keys.Select(RoundTripAsync));
        }
        while (Volatile.Read(ref _activity) != before);
    }

    /// <summary>Closes every client as a server does that shuts down (1012), waits for the close hooks and disposes the services.</summary>
    /// <remarks>Hooks that do not end within <see cref="PeerOptions.ShutdownTimeout"/>, by the host's clock, or <see cref="Patience"/>, in real time, are given up, and that is logged.</remarks>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isStopping, 1) != 0) return;
        foreach (var client in _clients.Keys) client.ResumeReading();
        await CloseAllAsync();
        await _services.DisposeAsync();
    }

    internal void Add(PeerTestClient client) => _clients.TryAdd(client, true);

    internal void Remove(PeerTestClient client) => _clients.TryRemove(client, out _);

    internal void NoteActivity() => Interlocked.Increment(ref _activity);

    internal Exception? FailureOf(Peer peer) => _failures.Of(peer);

    private static PeerHost MakeHost(IServiceProvider services)
    {
        var (time, failures, meters) = (services.GetRequiredService<TimeProvider>(), services.GetRequiredService<HookFailures>(), services.GetService<IMeterFactory>());
        return new(time, failures, meters, services.GetService<IBackplane>(), services.GetService<BackplaneOptions>())
        {
            KeepsContext = true,
        };
    }

    private PeerOptions CreateOptions(Action<PeerOptions>? options)
    {
        var limits = new PeerOptions { KeepAliveInterval = Timeout.InfiniteTimeSpan };
        _configure?.Invoke(limits);
        options?.Invoke(limits);
        limits.Validate();
        _shutdownTimeout = limits.ShutdownTimeout == Timeout.InfiniteTimeSpan || limits.ShutdownTimeout > _shutdownTimeout ? limits.ShutdownTimeout : _shutdownTimeout;
        return limits;
    }

    private (PeerTestEndpoint Endpoint, Dictionary<string, string> RouteValues) Find(string path)
    {
        var matches = _endpoints
            .Select(endpoint => (Endpoint: endpoint, RouteValues: endpoint.Route.Match(path)))
            .Where(match => match.RouteValues is not null)
            .OrderBy(match => match.Endpoint.Route.Precedence, StringComparer.Ordinal)
            .ToArray();
        if (matches is [var only, ..] && (matches.Length == 1 || only.Endpoint.Route.Precedence != matches[1].Endpoint.Route.Precedence)) return only!;
        if (matches.Length > 0) throw new InvalidOperationException($"'{path}' fits '{matches[0].Endpoint.Route.Pattern}' and '{matches[1].Endpoint.Route.Pattern}' alike.");

        var mapped = string.Join(", ", _endpoints.Select(endpoint => $"'{endpoint.Route.Pattern}'"));
        throw new PeerTestRejectedException($"No handler is mapped to '{path}'. Mapped are: {mapped}.", UpgradeResult.Reject(404));
    }

    private static Task RoundTripAsync(PeerTestClient client) => client.IsPaused
        ? throw new InvalidOperationException($"{client} does not read, so that nobody can know what has come. Call ResumeReading first.")
        : client.RoundTripAsync();

    private async Task CloseAllAsync()
    {
        var closing = CloseClientsAsync();
        try
        {
            await closing.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            await Host.CloseAllAsync(CloseCode.ServiceRestart, TimeSpan.Zero);
            await closing.WaitAsync(Patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task CloseClientsAsync()
    {
        await Host.CloseAllAsync(CloseCode.ServiceRestart, _shutdownTimeout);
        await Task.WhenAll(_clients.Keys.Where(client => !client.IsGivenUp).Select(client => client.WhenOver));
    }
}
