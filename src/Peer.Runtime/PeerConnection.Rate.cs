namespace Peers;

// How fast the client may send: PeerOptions.MessageRate.
public sealed partial class PeerConnection
{
    // Null where no rate is set. Read loop only.
    private readonly MessageBucket? _bucket;

    // How many of our pings may still be answered. Any thread.
    private int _pongsDue;

    private MessageBucket? CreateBucket() => _options.MessageRate.HasLimit() ? new(_options.MessageRate, Host.Time.TimestampFrequency, Host.Now) : null;

    // False where the peer sent too much: it is being closed then, and what it sent is not taken.
    private bool IsInRate()
    {
        if (_bucket is not null && !_bucket.TryTake()) return RefuseTooFast(byLimiter: false);
        return _options.MessageRate.GetLimiter() is null || IsPermitted();
    }

    private bool IsPermitted()
    {
        try
        {
            using var lease = _options.MessageRate.GetLimiter()!.AttemptAcquire(Peer);
            return lease.IsAcquired || RefuseTooFast(byLimiter: true);
        }
        catch (Exception exception)
        {
            Host.Log.LimiterFailed(exception, Peer, _info.Name);
            SendClose(CloseCode.InternalError, "the server failed");
            return false;
        }
    }

    private bool RefuseTooFast(bool byLimiter)
    {
        if (_output.IsSealed) return false;
        _metrics.Exceeded(nameof(PeerOptions.MessageRate));
        if (byLimiter) Host.Log.RefusedByLimiter(Peer, _info.Name);
        else Host.Log.TooFast(Peer, _info.Name, _options.MessageRate);
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
