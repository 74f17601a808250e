using System.Diagnostics;

namespace Peers.Observability;

/// <summary>One call of a hook under observation: how long it takes, and its span where that is sampled. Does nothing where it is <c>default</c>.</summary>
/// <remarks>
/// A span is current while its hook runs, on whatever thread, and on no other: a loop's thread runs the hooks of many peers, and a hook may end inside another's.
/// </remarks>
internal struct HookWatch
{
    private readonly HandlerMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly string _hook;
    private readonly long _started;
    private readonly Activity? _span;
    private Activity? _outer;
    private Exception? _failure;
    private double _seconds;

    private HookWatch(HandlerMetrics metrics, TimeProvider time, string hook, Activity? span, Activity? outer)
    {
        (_metrics, _time, _hook, _span, _outer) = (metrics, time, hook, span, outer);
        _started = time.GetTimestamp();
    }

    /// <summary>Whether a hook is watched that has not ended.</summary>
    public readonly bool IsRunning => _metrics is not null;

    /// <summary>Begins to watch a hook that nothing else called: it begins a trace of its own, linked with the request that its connection came from.</summary>
    public static HookWatch Begin(HandlerMetrics metrics, PeerConnection connection, string hook)
    {
        if (!PeerTracing.IsListenedTo) return metrics.TimesHooks ? new(metrics, connection.Host.Time, hook, span: null, outer: null) : default;
        var outer = Activity.Current;
        Switch(to: null);
        return BeginSpan(metrics, connection, hook, outer);
    }

    /// <summary>Begins to watch a hook that belongs to what is current: a request that is upgraded, another hook that failed.</summary>
    public static HookWatch BeginInside(HandlerMetrics metrics, PeerConnection connection, string hook)
    {
        if (!PeerTracing.IsListenedTo) return metrics.TimesHooks ? new(metrics, connection.Host.Time, hook, span: null, outer: null) : default;
        return BeginSpan(metrics, connection, hook, Activity.Current);
    }

    /// <summary>Leaves the thread to whoever had it, because the hook awaits.</summary>
    public readonly void Leave()
    {
        if (_span is not null) Switch(_outer);
    }

    /// <summary>Enters the thread again, on which the hook has ended.</summary>
    public void Enter()
    {
        if (_span is null || Activity.Current == _span) return;
        _outer = Activity.Current;
        Switch(_span);
    }

    /// <summary>Notes that the hook threw: it took so long. Its span goes on while that is dealt with.</summary>
    public void Fail(Exception exception)
    {
        if (!IsRunning) return;
        (_failure, _seconds) = (exception, _time.GetElapsedTime(_started).TotalSeconds);
        if (_span is not null) TryDescribe(_span, exception);
    }

    // A listener that throws, or an exception that cannot tell its message, is no reason to lose the end of a hook.
    private static bool TryDescribe(Activity span, Exception exception)
    {
        try
        {
            span.SetStatus(ActivityStatusCode.Error, exception.Message);
            span.SetTag(MetricTags.ErrorType, exception.GetType().FullName);
            span.AddException(exception);
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }

    /// <summary>The hook has ended. Called on the thread that it was entered on.</summary>
    /// <param name="messageType">What it was called for, or null where that was no message.</param>
    public void End(string? messageType)
    {
        if (!IsRunning) return;
        var watch = this;
        this = default;
        if (watch._failure is null) watch._seconds = watch._time.GetElapsedTime(watch._started).TotalSeconds;
        if (watch._metrics.TimesHooks) watch._metrics.HookEnded(watch._hook, messageType, watch._failure, watch._seconds);
        watch.EndSpan(messageType);
    }

    private static HookWatch BeginSpan(HandlerMetrics metrics, PeerConnection connection, string hook, Activity? outer)
    {
        var span = PeerTracing.TryStart(metrics.Handler, hook, connection);
        if (span is null) Switch(outer);
        return new(metrics, connection.Host.Time, hook, span, outer);
    }

    private readonly void EndSpan(string? messageType)
    {
        if (_span is null) return;
        if (messageType is not null)
        {
            _span.DisplayName = PeerTracing.NameOf(_metrics.Handler, messageType);
            _span.SetTag(MetricTags.MessageType, messageType);
        }

        PeerTracing.Stop(_span);
        Switch(_outer);
    }

    // Setting it makes a new execution context, which is not free.
    private static void Switch(Activity? to)
    {
        if (Activity.Current != to) Activity.Current = to;
    }
}
