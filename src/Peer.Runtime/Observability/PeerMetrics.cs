using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Peers.Observability;

/// <summary>What a host counts: the instruments of the meter <c>Peers</c>. docs/metrics.md lists them, and a test compares.</summary>
/// <remarks>Where nobody listens nothing is recorded and nothing allocated. Values of tags come from the application and never from a client.</remarks>
internal sealed class PeerMetrics : IDisposable
{
    public const string MeterName = "Peers";

    // OpenTelemetry's boundaries for what takes seconds, and finer ones below: most hooks take microseconds.
    private static readonly InstrumentAdvice<double> s_hookSeconds = new()
    {
        HistogramBucketBoundaries = [0.00001, 0.0001, 0.001, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10],
    };

    // From a client that was turned around at the door to one that stays for a day.
    private static readonly InstrumentAdvice<double> s_connectionSeconds = new()
    {
        HistogramBucketBoundaries = [0.1, 0.5, 1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 14400, 43200, 86400],
    };

    private static readonly InstrumentAdvice<long> s_peers = new()
    {
        HistogramBucketBoundaries = [0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000],
    };

    private readonly ConcurrentDictionary<string, HandlerMetrics> _handlers = new(StringComparer.Ordinal);
    private readonly IEnumerable<PeerConnection> _connections;
    private readonly Meter? _own;

    /// <summary>Makes the instruments.</summary>
    /// <param name="factory">Whose meter it is; the host's own where it is null.</param>
    /// <param name="connections">The connections there are, enumerated when somebody asks what waits for them.</param>
    public PeerMetrics(IMeterFactory? factory, IEnumerable<PeerConnection> connections)
    {
        _connections = connections;
        var meter = factory?.Create(new MeterOptions(MeterName)) ?? (_own = new Meter(MeterName));
        Handshakes = meter.CreateCounter<long>("peer.handshakes", "{handshake}", "Clients that wanted to connect, by what became of that.");
        meter.CreateObservableUpDownCounter("peer.active_connections", ObserveOpen, "{connection}", "Peers that are connected.");
        ClosedConnections = meter.CreateCounter<long>("peer.closed_connections", "{connection}", "Peers that have left, by close code.");
        ConnectionDuration = meter.CreateHistogram("peer.connection.duration", "s", "How long peers were connected.", tags: null, s_connectionSeconds);
        ReceivedMessages = meter.CreateCounter<long>("peer.received_messages", "{message}", "Messages taken from clients.");
        SentMessages = meter.CreateCounter<long>("peer.sent_messages", "{message}", "Messages taken to be sent, once for each peer.");
        MessageIo = meter.CreateCounter<long>("peer.message.io", "By", "Payload of messages received and sent, before compression.");
        meter.CreateObservableCounter("peer.dropped_messages", ObserveDropped, "{message}", "Messages dropped because a peer reads too slowly.");
        HookDuration = meter.CreateHistogram("peer.hook.duration", "s", "How long hooks took.", tags: null, s_hookSeconds);
        PublishWidth = meter.CreateHistogram("peer.publish.width", "{peer}", "How many peers a published message was handed to.", tags: null, s_peers);
        meter.CreateObservableUpDownCounter("peer.send_buffer.usage", ObserveBuffered, "By", "Bytes that wait to be sent, messages shared with other peers in full.");
        Io = meter.CreateCounter<long>("peer.network.io", "By", "Bytes of frames read and written.");
        ExceededLimits = meter.CreateCounter<long>("peer.exceeded_limits", "{event}", "How often a limit was exceeded.");
        Backplane = new(meter);
    }

    public Counter<long> Handshakes { get; }

    public Counter<long> ClosedConnections { get; }

    public Histogram<double> ConnectionDuration { get; }

    public Counter<long> ReceivedMessages { get; }

    public Counter<long> SentMessages { get; }

    public Counter<long> MessageIo { get; }

    public Histogram<double> HookDuration { get; }

    public Histogram<long> PublishWidth { get; }

    public Counter<long> Io { get; }

    public Counter<long> ExceededLimits { get; }

    public BackplaneInstruments Backplane { get; }

    /// <summary>Whether anybody listens to what is counted for each message.</summary>
    public bool CountsMessages => ReceivedMessages.Enabled || SentMessages.Enabled || MessageIo.Enabled;

    /// <summary>What is counted for one handler.</summary>
    public HandlerMetrics Of(string handler) => _handlers.GetOrAdd(handler, static (handler, metrics) => new(metrics, handler), this);

    /// <summary>Whether anybody wants to know how wide publishes are.</summary>
    public bool MeasuresPublishes => PublishWidth.Enabled;

    /// <summary>Notes how many peers a published message was handed to.</summary>
    public void Published(string messageType, int peers) => Record.Try(PublishWidth, peers, new KeyValuePair<string, object?>(MetricTags.MessageType, messageType));

    public void Dispose() => _own?.Dispose();

    private IEnumerable<Measurement<long>> ObserveOpen()
    {
        foreach (var (_, handler) in _handlers) yield return handler.Open;
    }

    private IEnumerable<Measurement<long>> ObserveDropped()
    {
        foreach (var (_, handler) in _handlers)
        {
            foreach (var dropped in handler.Dropped) yield return dropped;
        }
    }

    // A handler none of whose peers is connected shows zero, and does not vanish.
    private IEnumerable<Measurement<long>> ObserveBuffered()
    {
        var waiting = new Dictionary<HandlerMetrics, long>();
        foreach (var (_, handler) in _handlers) waiting.Add(handler, 0);
        foreach (var connection in _connections)
        {
            if (waiting.TryGetValue(connection.Metrics, out var others)) waiting[connection.Metrics] = others + connection.Output.BufferedBytes;
        }

        foreach (var (handler, bytes) in waiting) yield return handler.Measure(bytes);
    }
}
