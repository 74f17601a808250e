using System.Collections.Concurrent;
using System.Diagnostics;

namespace Peers.Tests.Observability;

/// <summary>Samples everything, and keeps the spans of one peer.</summary>
internal sealed class SpanSink : IDisposable
{
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivityListener _listener;

    public SpanSink(ActivitySamplingResult sampled = ActivitySamplingResult.AllDataAndRecorded)
    {
        _listener = new()
        {
            ShouldListenTo = source => source.Name == "Peers",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => sampled,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>The spans of a peer, in the order in which they ended.</summary>
    public Activity[] Of(Peer peer) => [.. _ended.Where(span => Equals(span.GetTagItem("peer.id"), peer.Id.ToString()))];

    /// <summary>The one span of that name.</summary>
    public Activity Single(Peer peer, string name) => Of(peer).Single(span => span.DisplayName == name);

    public void Dispose() => _listener.Dispose();
}
