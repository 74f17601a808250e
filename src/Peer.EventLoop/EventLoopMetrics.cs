using System.Diagnostics;
using System.Diagnostics.Metrics;
using Peers.Observability;

namespace Peers;

/// <summary>What is counted for event loops, on the meter of the peers. Where nobody listens a pass costs one look.</summary>
internal sealed class EventLoopMetrics : IDisposable
{
    // A pass of a few messages takes microseconds; one of a second holds every peer of its loop up.
    private static readonly InstrumentAdvice<double> s_seconds = new()
    {
        HistogramBucketBoundaries = [0.00001, 0.0001, 0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    };

    private readonly Meter? _own;
    private readonly Histogram<double> _passes;

    /// <summary>Makes the instrument.</summary>
    /// <param name="factory">Whose meter it is; one of its own where it is null.</param>
    public EventLoopMetrics(IMeterFactory? factory)
    {
        var meter = factory?.Create(new MeterOptions(PeerMetrics.MeterName)) ?? (_own = new Meter(PeerMetrics.MeterName));
        _passes = meter.CreateHistogram("peer.event_loop.pass.duration", "s", "How long event loops were busy each time before they waited again.", tags: null, s_seconds);
    }

    /// <summary>A pass begins: when, or 0 where nobody wants to know.</summary>
    public long BeginPass() => _passes.Enabled ? Stopwatch.GetTimestamp() : 0;

    /// <summary>A pass has ended. Runs the listeners' code.</summary>
    /// <param name="began">What <see cref="BeginPass"/> said.</param>
    /// <param name="loop">The tag of the loop.</param>
    public void EndPass(long began, KeyValuePair<string, object?> loop)
    {
        if (began > 0) Record.Try(_passes, Stopwatch.GetElapsedTime(began).TotalSeconds, loop);
    }

    public void Dispose() => _own?.Dispose();
}
