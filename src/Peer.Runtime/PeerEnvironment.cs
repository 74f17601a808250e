using Peers.Observability;
using Peers.Transports;

namespace Peers;

/// <summary>What all peers of an endpoint share: each keeps one reference to it.</summary>
/// <param name="Host">The host that they belong to.</param>
/// <param name="Options">Their limits.</param>
/// <param name="Info">What the compiler found in their handler.</param>
/// <param name="Services">The application's services.</param>
internal sealed record PeerEnvironment(PeerHost Host, PeerOptions Options, PeerHandlerInfo Info, IServiceProvider Services) : OutputEnvironment(Options)
{
    /// <summary>What is counted of the handler.</summary>
    public HandlerMetrics Metrics { get; } = Host.Metrics.Of(Info.Name);

    public override void Written(int bytes) => Metrics.BytesWritten(bytes);

    public override void Pressed() => Metrics.Exceeded(nameof(PeerOptions.DrainThreshold));

    public override void MessageDropped() => Metrics.MessageDropped(Options.SlowPeerPolicy);
}
