using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Peers.Observability;
using StackExchange.Redis;

namespace Peers;

/// <summary>Channels over Redis: PUBLISH and SUBSCRIBE of one literal name a channel, at most once, nothing stored.</summary>
/// <remarks>
/// A publish completes when the server has answered; while the connection is lost it fails at once. In a cluster of Redis a channel belongs to the server of
/// its hash slot. A subscriber that reads too slowly is cut off by the server (<c>client-output-buffer-limit pubsub</c>), and hears of the gap when it is back.
/// </remarks>
public sealed partial class RedisBackplane : IBackplane
{
    // Redis takes 512 MiB, but gives a subscriber up that 32 MiB wait for (client-output-buffer-limit pubsub).
    private const int LongestMessage = 1024 * 1024;

    private static readonly TimeSpan s_closeTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(50);

    private readonly ConfigurationOptions _configuration;
    private readonly RedisNames _names;
    private readonly RedisLog _log;
    private readonly ConcurrentDictionary<string, RedisSubscription> _subscriptions = new(StringComparer.Ordinal);

    // Set by a start that succeeded.
    private ConnectionMultiplexer? _connection;
    private ISubscriber _redis = null!;
    private IBackplaneSink _sink = null!;

    // Guarded by _telling, under which the sink is told of interruptions: not any more once it is closed.
    private readonly Lock _telling = new();
    private bool _isClosed;

    /// <summary>Makes one that is not connected yet.</summary>
    /// <param name="options">Where the server is.</param>
    /// <param name="loggers">Where it logs, under the category <c>Peers</c>, and its client.</param>
    /// <exception cref="ArgumentException">An option cannot work.</exception>
    public RedisBackplane(RedisBackplaneOptions options, ILoggerFactory? loggers = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _configuration = options.ToClient();
        _configuration.LoggerFactory ??= loggers;
        _names = new(options.Prefix);
        Name = $"Redis at {string.Join(", ", _configuration.EndPoints.Select(Show))}";
        _log = new(new SafeLogger((loggers ?? NullLoggerFactory.Instance).CreateLogger("Peers"), TimeProvider.System), Name);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public int MaxMessageBytes => LongestMessage;

    /// <inheritdoc/>
    public bool IsConnected => _connection is not null && _redis.IsConnected();

    /// <inheritdoc/>
    public async ValueTask StartAsync(IBackplaneSink sink, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(sink);
        _sink = sink;
        var connection = await ConnectAsync(cancellationToken);
        _redis = connection.GetSubscriber();
        connection.ConnectionFailed += (_, _) => OnFailed();
        _connection = connection;
    }

    /// <inheritdoc/>
    public async ValueTask SubscribeAsync(string channel, CancellationToken cancellationToken)
    {
        var name = _names.Of(channel);
        try
        {
            var queue = await _redis.SubscribeAsync(name).WaitAsync(cancellationToken);
            _subscriptions[channel] = new(channel, name, queue, _sink, _log);
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _isClosed), this);
        }
        catch
        {
            // The client has it on its list and would restore it with the connection.
            if (_subscriptions.TryRemove(channel, out var subscription)) subscription.Stop();
            Forget(name);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask UnsubscribeAsync(string channel, CancellationToken cancellationToken)
    {
        if (!_subscriptions.TryRemove(channel, out var subscription)) return;
        subscription.Stop();
        await _redis.UnsubscribeAsync(subscription.Name).WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask PublishAsync(string channel, ReadOnlyMemory<byte> message)
    {
        // The client copies the bytes when it writes them to its buffer, which precedes the answer.
        var name = _subscriptions.TryGetValue(channel, out var subscription) ? subscription.Name : _names.Of(channel);
        return new(_redis.PublishAsync(name, message));
    }

    /// <inheritdoc/>
    public async ValueTask CloseAsync()
    {
        lock (_telling) _isClosed = true;
        await _closing.CancelAsync();
        if (_connection is null) return;

        foreach (var (_, subscription) in _subscriptions)
        {
            subscription.Stop();
            Forget(subscription.Name);
        }

        try
        {
            await _connection.CloseAsync(allowCommandsToComplete: true).WaitAsync(s_closeTimeout);
        }
        catch (Exception exception) when (exception is TimeoutException or RedisException)
        {
            // What is left is lost with the connection.
        }

        await _connection.DisposeAsync();
        await Task.WhenAll(_subscriptions.Values.Select(subscription => subscription.WhenStopped));
    }

    private static string Show(EndPoint endpoint) => endpoint is DnsEndPoint { Host: var host, Port: var port } ? $"{host}:{port}" : endpoint.ToString()!;

    private async Task<ConnectionMultiplexer> ConnectAsync(CancellationToken cancellationToken)
    {
        var connecting = ConnectionMultiplexer.ConnectAsync(_configuration);
        try
        {
            var connection = await connecting.WaitAsync(cancellationToken);
            await GreetAsync(connection.GetSubscriber(), cancellationToken);
            return connection;
        }
        catch (Exception exception)
        {
            _ = DisposeLaterAsync(connecting);
            if (exception is RedisException or TimeoutException) throw RedisFailures.Explain(Name, exception);
            throw;
        }
    }

    // The client counts as connected a moment before its connection for subscriptions does.
    private async Task GreetAsync(ISubscriber redis, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                await redis.PingAsync().WaitAsync(cancellationToken);
                return;
            }
            catch (RedisConnectionException) when (TimeProvider.System.GetElapsedTime(started).TotalMilliseconds < _configuration.ConnectTimeout)
            {
                await Task.Delay(s_look, TimeProvider.System, cancellationToken);
            }
        }
    }

    private static async Task DisposeLaterAsync(Task<ConnectionMultiplexer> connecting)
    {
        try
        {
            await (await connecting).DisposeAsync();
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            // There was nothing to dispose.
        }
    }

    // Off the client's list, and the queue of what came is closed.
    private void Forget(RedisChannel name, Action<RedisChannel, RedisValue>? handler = null)
    {
        try
        {
            _ = _redis.UnsubscribeAsync(name, handler, CommandFlags.FireAndForget);
        }
        catch (Exception exception) when (exception is RedisException or ObjectDisposedException)
        {
            // It is off the client's list, which comes first; the server's ended with the connection.
        }
    }
}
