namespace Peers;

// Time: the host's heartbeat asks every connection, a few times a second, whether it waited long enough for something.
public sealed partial class PeerConnection
{
    /// <summary>Ends what takes too long: an unanswered close frame, a client that is silent. Called by the heartbeat alone.</summary>
    internal void Beat(long now)
    {
        Volatile.Read(ref _requests)?.Expire(now);
        _output.Transport?.TakeWhatCame();
        if (now >= Volatile.Read(ref _deadline))
        {
            EndLate(now);
            return;
        }

        if (_expires != long.MaxValue && Host.Time.GetUtcNow().UtcTicks >= _expires) Expire();
        if (_wasHeard || _isPaused)
        {
            (_wasHeard, _isPinged, _silentSince) = (false, false, now);
            return;
        }

        var silence = Host.Time.GetElapsedTime(_silentSince, now);
        if (!_isPinged) PingIfSilent(silence);
        else if (IsOver(silence, Options.KeepAliveInterval + Options.KeepAliveTimeout)) Lost();
    }

    // The client broke the protocol and never closed. It may not have read the close frame yet, which a reset would lose it: the first end is a quiet one.
    private void EndLate(long now)
    {
        if (!_isDiscarding || _isLingering)
        {
            NoteUnanswered();
            Cut(isOwn: true);
            return;
        }

        _isLingering = true;
        Volatile.Write(ref _deadline, long.MaxValue);
        SetDeadline(Options.CloseTimeout);
        _output.Transport?.StopReading();
    }

    // The cut ends reading, and with it the time in which an answer could come: noted once.
    private void NoteUnanswered()
    {
        if (_isDiscarding || HasRemoteLeft || _isCut) return;
        Host.Log.CloseUnanswered(Peer, Info.Name, Options.CloseTimeout);
        Metrics.Exceeded(nameof(PeerOptions.CloseTimeout));
    }

    private void Expire()
    {
        _expires = long.MaxValue;
        if (_output.IsSealed) return;
        Host.Log.AuthenticationExpired(Peer, Info.Name);
        Metrics.Exceeded(nameof(PeerOptions.CloseOnAuthenticationExpiration));
        SendClose(CloseCode.PolicyViolation, "authentication expired");
    }

    private void PingIfSilent(TimeSpan silence)
    {
        if (!IsOver(silence, Options.KeepAliveInterval)) return;
        _isPinged = true;
        SendPing(payload: default);
    }

    private void Lost()
    {
        if (Options.KeepAliveTimeout == Timeout.InfiniteTimeSpan || _output.IsSealed) return;
        Host.Log.KeepAliveExpired(Peer, Info.Name, Options.KeepAliveTimeout);
        Metrics.Exceeded(nameof(PeerOptions.KeepAliveTimeout));
        Break();
    }

    private static bool IsOver(TimeSpan silence, TimeSpan limit) => limit >= TimeSpan.Zero && silence >= limit;

    private void SetDeadline(TimeSpan after) => Volatile.Write(ref _deadline, Math.Min(Volatile.Read(ref _deadline), DeadlineAfter(after)));

    private long DeadlineAfter(TimeSpan after) =>
        after == Timeout.InfiniteTimeSpan ? long.MaxValue : Host.Now + (long)Math.Min(after.TotalSeconds * Host.Time.TimestampFrequency, long.MaxValue / 2);
}
