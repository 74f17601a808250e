namespace Peers;

// How fast the client may send: PeerOptions.MessageRate.
public sealed partial class PeerConnection
{
    // Null where no rate is set. Read loop only.
    private readonly MessageBucket? _bucket;

    // How many of our pings may still be answered. Any thread.
    private int _pongsDue;

    private MessageBucket? CreateBucket() => Options.MessageRate.HasLimit() ? new(Options.MessageRate, Host.Time.TimestampFrequency, Host.Now) : null;

    // False where the peer sent too much: it is being closed then, and what it sent is not taken.
    private bool IsInRate()
    {
        if (_bucket is not null && !_bucket.TryTake()) return RefuseTooFast(byLimiter: false);
        return Options.MessageRate.GetLimiter() is null || IsPermitted();
    }

    private bool IsPermitted()
    {
        try
        {
            using var lease = Options.MessageRate.GetLimiter()!.AttemptAcquire(Peer);
            return lease.IsAcquired || RefuseTooFast(byLimiter: true);
        }
        catch (Exception exception)
        {
            Host.Log.LimiterFailed(exception, Peer, Info.Name);
            SendClose(CloseCode.InternalError, "the server failed");
            return false;
        }
    }

    private bool RefuseTooFast(bool byLimiter)
    {
        if (_output.IsSealed) return false;
        Metrics.Exceeded(nameof(PeerOptions.MessageRate));
        if (byLimiter) Host.Log.RefusedByLimiter(Peer, Info.Name);
        else Host.Log.TooFast(Peer, Info.Name, Options.MessageRate);
        SendClose(CloseCode.TryAgainLater, "too many messages");
        return false;
    }

    private bool TryTakePongDue()
    {
        if (Volatile.Read(ref _pongsDue) == 0) return false;

        // Only the read loop takes.
        Interlocked.Decrement(ref _pongsDue);
        return true;
    }
}
