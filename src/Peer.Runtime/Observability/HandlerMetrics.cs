using System.Diagnostics.Metrics;

namespace Peers.Observability;

/// <summary>What is counted for one handler. Safe from any thread.</summary>
/// <remarks>
/// What is recorded at once runs the listeners' code, which is foreign: never under a lock. What is counted here and observed later may be counted under any.
/// </remarks>
internal sealed class HandlerMetrics(PeerMetrics metrics, string handler)
{
    private static readonly KeyValuePair<string, object?> s_receive = new("network.io.direction", "receive");
    private static readonly KeyValuePair<string, object?> s_transmit = new("network.io.direction", "transmit");
    private static readonly string[] s_policies = Enum.GetNames<SlowPeerPolicy>();

    private readonly KeyValuePair<string, object?> _handler = new("peer.handler", handler);
    private readonly long[] _dropped = new long[s_policies.Length];
    private long _open;

    /// <summary>How many peers are connected.</summary>
    public Measurement<long> Open => new(Volatile.Read(ref _open), _handler);

    /// <summary>How many messages were dropped, for each policy that dropped any.</summary>
    public IEnumerable<Measurement<long>> Dropped
    {
        get
        {
            for (var policy = 0; policy < _dropped.Length; policy++)
            {
                if (Volatile.Read(ref _dropped[policy]) is > 0 and var count) yield return new(count, _handler, new("peer.policy", s_policies[policy]));
            }
        }
    }

    public void PeerOpened() => Interlocked.Increment(ref _open);

    public void PeerLeft() => Interlocked.Decrement(ref _open);

    public void MessageDropped(SlowPeerPolicy policy) => Interlocked.Increment(ref _dropped[(int)policy]);

    public void BytesRead(int count)
    {
        if (metrics.Io.Enabled) TryAdd(metrics.Io, count, s_receive);
    }

    public void BytesWritten(int count)
    {
        if (metrics.Io.Enabled) TryAdd(metrics.Io, count, s_transmit);
    }

    public void MessagesReceived(int count)
    {
        if (count > 0 && metrics.ReceivedMessages.Enabled) TryAdd(metrics.ReceivedMessages, count);
    }

    public void MessagesSent(int count)
    {
        if (count > 0 && metrics.SentMessages.Enabled) TryAdd(metrics.SentMessages, count);
    }

    /// <summary>Notes that a limit was exceeded.</summary>
    /// <param name="option">The limit's name in <see cref="PeerOptions"/>.</param>
    public void Exceeded(string option)
    {
        if (metrics.ExceededLimits.Enabled) TryAdd(metrics.ExceededLimits, 1, new KeyValuePair<string, object?>("peer.limit", option));
    }

    /// <summary>Notes that a client was turned away.</summary>
    public void HandshakeRejected(string reason)
    {
        if (metrics.RejectedHandshakes.Enabled) TryAdd(metrics.RejectedHandshakes, 1, new KeyValuePair<string, object?>("peer.rejection.reason", reason));
    }

    // A listener that throws is no reason to lose a message.
    private bool TryAdd(Counter<long> counter, long value, KeyValuePair<string, object?>? tag = null)
    {
        try
        {
            if (tag is { } second) counter.Add(value, _handler, second);
            else counter.Add(value, _handler);
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }
}
