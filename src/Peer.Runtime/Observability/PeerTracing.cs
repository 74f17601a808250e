using System.Collections.Concurrent;
using System.Diagnostics;

namespace Peers.Observability;

/// <summary>The spans of hooks: the source <c>Peers</c>. docs/tracing.md says what is in them.</summary>
internal static class PeerTracing
{
    public const string SourceName = "Peers";

    private static readonly ActivitySource s_source = new(SourceName);

    // By handler and hook, or handler and message type: what the application has, and so no more than a few.
    private static readonly ConcurrentDictionary<(string Handler, string Of), string> s_names = new();
    private static readonly ConcurrentDictionary<(string Handler, string Hook), KeyValuePair<string, object?>[]> s_tags = new();

    /// <summary>Whether anybody listens.</summary>
    public static bool IsListenedTo => s_source.HasListeners();

    /// <summary>What to link the spans of a connection with: the request that is upgraded now, where that is recorded and anybody listens.</summary>
    public static ActivityLink[]? LinkToRequest() => IsListenedTo && Activity.Current is { Recorded: true } request ? [new(request.Context)] : null;

    /// <summary>Starts the span of a hook, under what is current, or as a trace of its own that is linked with the connection's request.</summary>
    /// <returns>Null where it is not sampled. Samplers and listeners are foreign code: one that throws loses the span, and not the message.</returns>
    public static Activity? TryStart(string handler, string hook, PeerConnection connection)
    {
        try
        {
            var isRoot = Activity.Current is null;
            var span = s_source.StartActivity(isRoot ? ActivityKind.Server : ActivityKind.Internal, parentContext: default, TagsOf(handler, hook), isRoot ? connection.Origin : null, name: NameOf(handler, hook));
            return span?.SetTag("peer.id", connection.Id.ToString(null, null));
        }
        catch (Exception exception)
        {
            Debug.WriteLine(exception);
            return null;
        }
    }

    /// <summary>Ends a span.</summary>
    public static void Stop(Activity span)
    {
        try
        {
            span.Stop();
        }
        catch (Exception exception)
        {
            Debug.WriteLine(exception);
        }
    }

    /// <summary>The name of a span.</summary>
    /// <param name="handler">The handler's name.</param>
    /// <param name="of">The hook's, or the type of the message that it is for.</param>
    public static string NameOf(string handler, string of) => s_names.GetOrAdd((handler, of), static key => $"{key.Handler}/{key.Of}");

    private static KeyValuePair<string, object?>[] TagsOf(string handler, string hook) =>
        s_tags.GetOrAdd((handler, hook), static key => [new(MetricTags.Handler, key.Handler), new(MetricTags.Hook, key.Hook)]);
}
