using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using NATS.Client.Core;

namespace Peers;

/// <summary>Channels over NATS core: a subject a channel, at most once, no JetStream.</summary>
/// <remarks>
/// A publish is in the client's buffer when it completes, and leaves with others. While the connection is lost publishes wait for seconds, in order, and then fail.
/// In a cluster of NATS servers a subscription is seen by the other servers a moment after <see cref="SubscribeAsync"/> has completed.
/// </remarks>
internal sealed class NatsBackplane : IBackplane
{
    // What waits longer is of no use to anybody any more.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_farewell = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, NatsChannelSub> _subscriptions = new(StringComparer.Ordinal);
    private readonly NatsBackplaneOptions _options;
    private readonly NatsOpts _clientOptions;
    private readonly NatsSubjects _subjects;
    private readonly TimeProvider _time;

    private IBackplaneSink? _sink;
    private NatsConnection? _connection;
    private NatsRound? _round;
    private volatile bool _isInterrupted;
    private volatile bool _isClosed;

    // Publisher only, the time apart: publishes that wait for the connection, one behind the other.
    private Task _waiting = Task.CompletedTask;
    private long _lostAt;

    /// <summary>Makes one that is not connected yet.</summary>
    /// <param name="options">Where the server is.</param>
    /// <param name="loggers">Where the client logs.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="ArgumentException">An option cannot work.</exception>
    public NatsBackplane(NatsBackplaneOptions options, ILoggerFactory? loggers = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        (_options, _subjects, _time) = (options, new(options.Prefix), time ?? TimeProvider.System);
        var defaults = new NatsOpts
        {
            Name = "Peers",
            PingInterval = TimeSpan.FromSeconds(5),
            ReconnectWaitMin = TimeSpan.FromMilliseconds(200),
            ReconnectWaitMax = TimeSpan.FromSeconds(2),
            // A password that is changed while we run is put right while we run.
            IgnoreAuthErrorAbort = true,
            // The connection may be lost between our look at it and the client's.
            PublishTimeoutOnDisconnected = true,
            CommandTimeout = s_patience,
            WriterBufferSize = 1024 * 1024,
        };
        if (loggers is not null) defaults = defaults with { LoggerFactory = loggers };
        _clientOptions = (options.Client?.Invoke(defaults) ?? defaults) with { Url = options.Url, Echo = false };
        Name = $"NATS at {WithoutCredentials(options.Url)}";
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int MaxMessageBytes => _connection?.ServerInfo?.MaxPayload ?? 1024 * 1024;

    /// <inheritdoc/>
    public bool IsConnected => _connection is { ConnectionState: NatsConnectionState.Open };

    private NatsConnection Connection => _connection ?? throw new InvalidOperationException($"{Name} is not started.");

    /// <inheritdoc/>
    public async ValueTask StartAsync(IBackplaneSink sink, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sink);
        _sink = sink;
        var connection = new NatsConnection(_clientOptions);
        try
        {
            await connection.ConnectAsync().AsTask().WaitAsync(cancellationToken);
            await connection.PingAsync(cancellationToken);
        }
        catch (NatsException exception)
        {
            await connection.DisposeAsync();
            throw new BackplaneException($"{Name} cannot be used: {Reason(exception)} Start it, or set NatsBackplaneOptions.Url; with OnStart = BackplaneStart.Degraded the application starts without it.", exception);
        }
        catch (OperationCanceledException)
        {
            await connection.DisposeAsync();
            throw;
        }

        connection.ConnectionDisconnected += Lost;
        connection.ConnectionOpened += Opened;
        _round = new(connection, s_patience);
        _connection = connection;
    }

    /// <inheritdoc/>
    public async ValueTask SubscribeAsync(string channel, CancellationToken cancellationToken)
    {
        var subscription = new NatsChannelSub(Connection, channel, _subjects.Of(channel), _sink!);

        // The client keeps them weakly.
        _subscriptions[channel] = subscription;
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(s_patience);
            await Connection.AddSubAsync(subscription, patience.Token);
            await _round!.WhenSeen().WaitAsync(patience.Token);
        }
        catch
        {
            _subscriptions.TryRemove(new(channel, subscription));
            await subscription.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask UnsubscribeAsync(string channel, CancellationToken cancellationToken) =>
        _subscriptions.TryRemove(channel, out var subscription) ? subscription.DisposeAsync() : default;

    /// <inheritdoc/>
    public ValueTask PublishAsync(string channel, ReadOnlyMemory<byte> message)
    {
        var subject = _subjects.Of(channel);
        if (_waiting.IsCompleted && IsConnected) return Connection.PublishAsync(subject, message, serializer: RawBytes.Instance);
        return new(_waiting = PublishLaterAsync(_waiting, subject, message));
    }

    /// <inheritdoc/>
    public async ValueTask CloseAsync()
    {
        _isClosed = true;
        if (_connection is null) return;
        if (IsConnected) await _round!.WhenSeen().WaitAsync(s_farewell, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _connection.DisposeAsync();
    }

    private async Task PublishLaterAsync(Task before, string subject, ReadOnlyMemory<byte> message)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!IsConnected) await WhenConnectedAsync();
        await Connection.PublishAsync(subject, message, serializer: RawBytes.Instance);
    }

    private async Task WhenConnectedAsync()
    {
        Interlocked.CompareExchange(ref _lostAt, _time.GetTimestamp(), 0);
        var left = s_patience - _time.GetElapsedTime(Volatile.Read(ref _lostAt));
        try
        {
            if (left > TimeSpan.Zero) await Connection.ConnectAsync().AsTask().WaitAsync(left, _time);
        }
        catch (TimeoutException)
        {
            // As if it had begun to wait now.
        }

        if (!IsConnected) throw new BackplaneException($"{Name} is not connected.");
        Interlocked.Exchange(ref _lostAt, 0);
    }

    private ValueTask Lost(object? sender, NatsEventArgs arguments)
    {
        Interlocked.CompareExchange(ref _lostAt, _time.GetTimestamp(), 0);
        _isInterrupted = true;
        return default;
    }

    private async ValueTask Opened(object? sender, NatsEventArgs arguments)
    {
        Interlocked.Exchange(ref _lostAt, 0);
        if (!_isInterrupted || _isClosed) return;
        _isInterrupted = false;
        await _round!.WhenSeen().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_isClosed) _sink!.Interrupted();
    }

    private static string Reason(Exception exception)
    {
        var reason = exception.GetBaseException().Message;
        return reason.EndsWith('.') ? reason : reason + ".";
    }

    // nats://user:password@host: what stands before the @ is nobody's business.
    private static string WithoutCredentials(string url) => string.Join(",", url.Split(',').Select(static one =>
    {
        var scheme = one.IndexOf("://", StringComparison.Ordinal) is var end and >= 0 ? end + 3 : 0;
        var at = one.LastIndexOf('@');
        return at < scheme ? one : string.Concat(one.AsSpan(0, scheme), one.AsSpan(at + 1));
    }));
}
