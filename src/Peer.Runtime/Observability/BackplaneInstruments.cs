using System.Diagnostics.Metrics;

namespace Peers.Observability;

/// <summary>The instruments of channels between machines, for <see cref="BackplaneMetrics"/>.</summary>
internal sealed class BackplaneInstruments(Meter meter)
{
    public Counter<long> Messages { get; } = meter.CreateCounter<long>("peer.backplane.messages", "{message}", "Published messages that went to other nodes and came from them.");

    public Counter<long> Io { get; } = meter.CreateCounter<long>("peer.backplane.io", "By", "Bytes of those messages.");

    public Counter<long> DroppedMessages { get; } = meter.CreateCounter<long>("peer.backplane.dropped_messages", "{message}", "Messages dropped because too many waited for the backplane, or from it.");

    public Counter<long> Gaps { get; } = meter.CreateCounter<long>("peer.backplane.gaps", "{gap}", "How often messages of a channel from another node were or may have been lost.");

    public Counter<long> LostMessages { get; } = meter.CreateCounter<long>("peer.backplane.lost_messages", "{message}", "Messages known to be lost in gaps; a gap of unknown extent adds none.");

    public Counter<long> Reconnects { get; } = meter.CreateCounter<long>("peer.backplane.reconnects", "{reconnect}", "How often the connection to the backplane came back.");
}
