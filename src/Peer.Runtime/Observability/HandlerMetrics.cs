using System.Diagnostics.Metrics;

namespace Peers.Observability;

/// <summary>What is counted for one handler. Safe from any thread.</summary>
/// <remarks>
/// What is recorded at once runs the listeners' code, which is foreign: never under a lock. What is counted here and observed later may be counted under any.
/// </remarks>
internal sealed class HandlerMetrics(PeerMetrics metrics, string handler)
{
    private static readonly KeyValuePair<string, object?> s_receive = new(MetricTags.Direction, "receive");
    private static readonly KeyValuePair<string, object?> s_transmit = new(MetricTags.Direction, "transmit");
    private static readonly string[] s_policies = Enum.GetNames<SlowPeerPolicy>();

    private readonly KeyValuePair<string, object?> _handler = new(MetricTags.Handler, handler);
    private readonly long[] _dropped = new long[s_policies.Length];
    private long _open;
    private volatile bool _isObserved;

    /// <summary>The handler's name.</summary>
    public string Handler => handler;

    /// <summary>Whether anybody listened, at the last <see cref="Look"/>, to what is told of each message and hook. One load: to ask every instrument takes longer than some hooks.</summary>
    public bool IsObserved => _isObserved;

    /// <summary>How many peers are connected.</summary>
    public Measurement<long> Open => Measure(Volatile.Read(ref _open));

    /// <summary>How many messages were dropped, for each policy that dropped any.</summary>
    public IEnumerable<Measurement<long>> Dropped
    {
        get
        {
            for (var policy = 0; policy < _dropped.Length; policy++)
            {
                if (Volatile.Read(ref _dropped[policy]) is > 0 and var count) yield return new(count, _handler, new(MetricTags.Policy, s_policies[policy]));
            }
        }
    }

    /// <summary>Asks again whether anybody listens. Called once for each stretch of work.</summary>
    public void Look()
    {
        var isObserved = metrics.CountsMessages || metrics.HookDuration.Enabled || PeerTracing.IsListenedTo;
        if (isObserved != _isObserved) _isObserved = isObserved;
    }

    /// <summary>Something of this handler's, as it is now.</summary>
    public Measurement<long> Measure(long value) => new(value, _handler);

    public void PeerOpened() => Interlocked.Increment(ref _open);

    public void PeerLeft() => Interlocked.Decrement(ref _open);

    public void MessageDropped(SlowPeerPolicy policy) => Interlocked.Increment(ref _dropped[(int)policy]);

    public void BytesRead(int count)
    {
        if (metrics.Io.Enabled) Record.Try(metrics.Io, count, _handler, s_receive);
    }

    public void BytesWritten(int count)
    {
        if (metrics.Io.Enabled) Record.Try(metrics.Io, count, _handler, s_transmit);
    }

    public void MessagesReceived(string type, int count, long bytes)
    {
        var tag = new KeyValuePair<string, object?>(MetricTags.MessageType, type);
        if (metrics.ReceivedMessages.Enabled) Record.Try(metrics.ReceivedMessages, count, _handler, tag);
        if (metrics.MessageIo.Enabled) Record.Try(metrics.MessageIo, bytes, _handler, tag, s_receive);
    }

    public void MessagesSent(string type, int count, long bytes)
    {
        var tag = new KeyValuePair<string, object?>(MetricTags.MessageType, type);
        if (metrics.SentMessages.Enabled) Record.Try(metrics.SentMessages, count, _handler, tag);
        if (metrics.MessageIo.Enabled) Record.Try(metrics.MessageIo, bytes, _handler, tag, s_transmit);
    }

    /// <summary>Notes that a limit was exceeded.</summary>
    /// <param name="option">The limit's name in <see cref="PeerOptions"/>.</param>
    public void Exceeded(string option)
    {
        if (metrics.ExceededLimits.Enabled) Record.Try(metrics.ExceededLimits, 1, _handler, new(MetricTags.Limit, option));
    }

    /// <summary>Notes what became of a client that wanted to connect.</summary>
    /// <param name="outcome">One of the few that docs/metrics.md lists.</param>
    public void HandshakeEnded(string outcome)
    {
        if (metrics.Handshakes.Enabled) Record.Try(metrics.Handshakes, 1, _handler, new(MetricTags.Outcome, outcome));
    }

    /// <summary>Notes that a peer has left, after so many seconds.</summary>
    public void ConnectionClosed(CloseEvent close, double seconds)
    {
        if (metrics.ClosedConnections.Enabled) Record.Try(metrics.ClosedConnections, 1, _handler, new(MetricTags.CloseCode, CloseCodes.NameOf(close.Code)), new(MetricTags.CloseInitiator, CloseCodes.NameOf(close.Initiator)));
        if (metrics.ConnectionDuration.Enabled) Record.Try(metrics.ConnectionDuration, seconds, _handler);
    }

    /// <summary>Whether anybody wants to know how long hooks take.</summary>
    public bool TimesHooks => metrics.HookDuration.Enabled;

    /// <summary>Notes how long a hook took.</summary>
    /// <param name="hook">Its name.</param>
    /// <param name="messageType">What it was called for, or null where that was no message.</param>
    /// <param name="failure">What it threw, or null.</param>
    /// <param name="seconds">How long.</param>
    public void HookEnded(string hook, string? messageType, Exception? failure, double seconds)
    {
        KeyValuePair<string, object?> type = new(MetricTags.MessageType, messageType);
        if (failure is null)
        {
            if (messageType is null) Record.Try(metrics.HookDuration, seconds, _handler, new(MetricTags.Hook, hook));
            else Record.Try(metrics.HookDuration, seconds, _handler, new(MetricTags.Hook, hook), type);
            return;
        }

        KeyValuePair<string, object?> error = new(MetricTags.ErrorType, failure.GetType().FullName);
        if (messageType is null) Record.Try(metrics.HookDuration, seconds, _handler, new(MetricTags.Hook, hook), error);
        else Record.Try(metrics.HookDuration, seconds, _handler, new(MetricTags.Hook, hook), type, error);
    }
}
