using System.Collections.Concurrent;
using System.Diagnostics;
using Peers.Tests.Kit;

namespace Peers.Tests.Observability;

/// <summary>Listens to the spans of one handler, and to those of the server for one trace; of all else nothing is sampled.</summary>
internal sealed class SpanLog : IDisposable
{
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly SemaphoreSlim _more = new(0);
    private readonly ActivityListener _listener;
    private readonly string _handler;
    private readonly ActivityTraceId _trace;

    /// <summary>Begins to listen.</summary>
    /// <param name="handler">The handler's name.</param>
    /// <param name="trace">The trace that its client began.</param>
    /// <param name="isSampled">Whether a span is made, which the sampler would say.</param>
    public SpanLog(string handler, ActivityTraceId trace, Func<ActivityCreationOptions<ActivityContext>, bool> isSampled)
    {
        (_handler, _trace) = (handler, trace);
        _listener = new()
        {
            ShouldListenTo = source => source.Name is "Peers" or "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
                IsOf(options.Source, options.Tags, options.Parent.TraceId) && isSampled(options) ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = Keep,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>What ended so far, in that order.</summary>
    public IReadOnlyList<Activity> Ended => [.. _ended];

    /// <summary>The one span of that name, as soon as it has ended. A server names its own by the request, once it knows the route.</summary>
    public async Task<Activity> FindAsync(string name)
    {
        while (true)
        {
            if (_ended.SingleOrDefault(span => span.DisplayName == name || span.OperationName == name) is { } found) return found;
            await _more.WaitAsync().Soon();
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        _more.Dispose();
    }

    private bool IsOf(ActivitySource source, IEnumerable<KeyValuePair<string, object?>>? tags, ActivityTraceId trace) =>
        source.Name == "Peers" ? tags!.Contains(new("peer.handler", _handler)) : trace == _trace;

    // Another listener of this process has spans made of other handlers, which end here too.
    private void Keep(Activity span)
    {
        if (!span.Recorded || !IsOf(span.Source, span.TagObjects, span.TraceId)) return;
        _ended.Enqueue(span);
        _more.Release();
    }
}
