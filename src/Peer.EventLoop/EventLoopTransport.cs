using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Peers.Observability;

namespace Peers;

/// <summary>The transport that Kestrel is given: one set of loops for all that it listens on.</summary>
internal sealed class EventLoopTransport : IConnectionListenerFactory, IConnectionListenerFactorySelector, IAsyncDisposable
{
    // The container disposes without a token, after the server has stopped: by then a loop has nothing to do but to end.
    private static readonly TimeSpan s_joinTimeout = TimeSpan.FromSeconds(2);

    private readonly PeerEventLoopOptions _options;
    private readonly EventLoopLog _log;
    private readonly EventLoopMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private EventLoop[]? _loops;
    private Watchdog? _watchdog;
    private SpareDescriptors? _spare;
    private int _connections;

    public EventLoopTransport(IOptions<PeerEventLoopOptions> options, ILoggerFactory loggers, TimeProvider? time = null, IMeterFactory? meters = null)
    {
        (_options, _time) = (options.Value, time ?? TimeProvider.System);
        _metrics = new(meters);
        _log = new(new SafeLogger(loggers.CreateLogger("Peers"), _time));
        _options.Validate();
        if (!OperatingSystem.IsLinux()) _log.NotLinux();
    }

    /// <summary>Whether the loops can listen there; if not, Kestrel asks its own transport.</summary>
    public bool CanBind(EndPoint endpoint) => OperatingSystem.IsLinux() && endpoint is IPEndPoint or UnixDomainSocketEndPoint;

    /// <summary>Listens, on every loop.</summary>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        try
        {
            return new(new EventLoopListener(endpoint, Loops(), this));
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new AddressInUseException(exception.Message, exception);
        }
    }

    public PeerEventLoopOptions Options => _options;

    /// <summary>The loops; none before it listens and after its end.</summary>
    public IReadOnlyList<EventLoop> Running
    {
        get
        {
            lock (_lock) return _loops ?? [];
        }
    }

    public EventLoopLog Log => _log;

    /// <summary>What is left where the process has no descriptor for a connection. There while loops are.</summary>
    public SpareDescriptors Spare => _spare!;

    /// <summary>Counts one more connection; false where that would be too many.</summary>
    public bool TryOpen()
    {
        if (Interlocked.Increment(ref _connections) <= _options.MaxConnections) return true;
        Interlocked.Decrement(ref _connections);
        return false;
    }

    /// <summary>Counts one connection less.</summary>
    public void Closed() => Interlocked.Decrement(ref _connections);

    /// <summary>Ends the loops and cuts what they still serve. A loop that a hook blocks is left behind, and logged, after two seconds.</summary>
    public ValueTask DisposeAsync()
    {
        EventLoop[] loops;
        lock (_lock)
        {
            loops = _loops ?? [];
            _loops = null;
            _watchdog?.Dispose();
        }

        foreach (var loop in loops) loop.Stop();
        var began = Stopwatch.GetTimestamp();
        foreach (var loop in loops) loop.Join(TimeLeft(began));
        _spare?.Dispose();
        _metrics.Dispose();
        return default;
    }

    private static TimeSpan TimeLeft(long began)
    {
        var left = s_joinTimeout - Stopwatch.GetElapsedTime(began);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private EventLoop[] Loops()
    {
        lock (_lock)
        {
            if (_loops is not null) return _loops;
            _spare = new();
            _loops = [.. Enumerable.Range(0, _options.Loops).Select(number => new EventLoop(number, _log, _metrics, _time))];
            _watchdog = new(_loops, _options.BlockedHookThreshold, _log, _time);
            return _loops;
        }
    }
}
