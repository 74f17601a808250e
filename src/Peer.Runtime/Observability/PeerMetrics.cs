using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Peers.Observability;

/// <summary>What a host counts: the instruments of the meter <c>Peers</c>. docs/metrics.md lists them, and a test compares.</summary>
/// <remarks>Where nobody listens nothing is recorded and nothing allocated. Values of tags come from the application and never from a client.</remarks>
internal sealed class PeerMetrics : IDisposable
{
    public const string MeterName = "Peers";

    private readonly ConcurrentDictionary<string, HandlerMetrics> _handlers = new(StringComparer.Ordinal);
    private readonly Meter? _own;

    /// <summary>Makes the instruments.</summary>
    /// <param name="factory">Whose meter it is; the host's own where it is null.</param>
    public PeerMetrics(IMeterFactory? factory)
    {
        var meter = factory?.Create(new MeterOptions(MeterName)) ?? (_own = new Meter(MeterName));
        meter.CreateObservableUpDownCounter("peer.active_connections", ObserveOpen, "{connection}", "Peers that are connected.");
        RejectedHandshakes = meter.CreateCounter<long>("peer.rejected_handshakes", "{handshake}", "Clients that were turned away.");
        ReceivedMessages = meter.CreateCounter<long>("peer.received_messages", "{message}", "Messages taken from clients.");
        SentMessages = meter.CreateCounter<long>("peer.sent_messages", "{message}", "Messages taken to be sent, once for each peer.");
        meter.CreateObservableCounter("peer.dropped_messages", ObserveDropped, "{message}", "Messages dropped because a peer reads too slowly.");
        Io = meter.CreateCounter<long>("peer.network.io", "By", "Bytes of frames read and written.");
        ExceededLimits = meter.CreateCounter<long>("peer.exceeded_limits", "{event}", "How often a limit was exceeded.");
    }

    public Counter<long> RejectedHandshakes { get; }

    public Counter<long> ReceivedMessages { get; }

    public Counter<long> SentMessages { get; }

    public Counter<long> Io { get; }

    public Counter<long> ExceededLimits { get; }

    /// <summary>What is counted for one handler.</summary>
    public HandlerMetrics Of(string handler) => _handlers.GetOrAdd(handler, static (handler, metrics) => new(metrics, handler), this);

    public void Dispose() => _own?.Dispose();

    private IEnumerable<Measurement<long>> ObserveOpen() => _handlers.Values.Select(handler => handler.Open);

    private IEnumerable<Measurement<long>> ObserveDropped() => _handlers.Values.SelectMany(handler => handler.Dropped);
}
