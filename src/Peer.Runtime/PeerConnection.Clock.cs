namespace Peers;

// Time: the host's heartbeat asks a connection whether it waited long enough for something, and when to ask again.
public sealed partial class PeerConnection
{
    // Clocks on the wall may be set: an expiry is looked at that often.
    private static readonly TimeSpan s_expiryLook = TimeSpan.FromMinutes(1);

    /// <summary>For the schedule of looks alone: the tick at which one is due.</summary>
    internal int LookTick { get; set; } = LookSchedule.NoTick;

    /// <summary>False where it is attended already. With a full fence: what came up before is seen by that look.</summary>
    internal bool TryAttend() => !Interlocked.Exchange(ref _isAttended, true);

    /// <summary>What comes up from now on asks for attention again; what came up before is seen.</summary>
    internal void EndAttention() => Interlocked.Exchange(ref _isAttended, false);

    /// <summary>Has the heartbeat call soon. From any thread.</summary>
    internal void Attend() => Host.Attend(this);

    /// <summary>Ends what takes too long: an unanswered close frame, a client that is silent. Called by the heartbeat alone. Never throws.</summary>
    /// <returns>When to call again, if nobody asks for it earlier; <see cref="LookSchedule.Never"/> where only that can happen.</returns>
    internal long Beat(long now)
    {
        try
        {
            return Look(now);
        }
        catch (Exception exception)
        {
            // The transport and the clock may be foreign. What they throw costs this peer its connection, and no other its heartbeat.
            Host.Log.LookFailed(exception, Peer, Info.Name);
            Closing.Deadline = LookSchedule.Never;
            Break();
            return LookSchedule.Never;
        }
    }

    private long Look(long now)
    {
        var requests = Volatile.Read(ref _requests)?.Expire(now) ?? LookSchedule.Never;
        var expires = _request?.Expires ?? ConnectionInfo.Never;
        _output.Transport?.TakeWhatCame();
        if (expires != ConnectionInfo.Never && Host.Time.GetUtcNow().UtcTicks >= expires) Expire();
        if (now >= Deadline) EndLate(now);
        else EndSilent(now);
        return Math.Min(Math.Min(requests, Deadline), Math.Min(NextExpiryLook(now), NextSilenceLook(now)));
    }

    private long Deadline => Volatile.Read(ref _closing)?.Deadline ?? LookSchedule.Never;

    private void EndSilent(long now)
    {
        if (_isPaused)
        {
            (_isPinged, _silentSince) = (false, now);
            return;
        }

        var silence = Host.Time.GetElapsedTime(_silentSince, now);
        if (!_isPinged) PingIfSilent(silence);
        else if (IsOver(silence, Options.KeepAliveInterval + Options.KeepAliveTimeout)) Lost();
    }

    private long NextExpiryLook(long now)
    {
        if (_request is not { Expires: not ConnectionInfo.Never and var expires }) return LookSchedule.Never;
        var left = new TimeSpan(Math.Max(expires - Host.Time.GetUtcNow().UtcTicks, 0));
        return now + Host.TicksOf(left < s_expiryLook ? left : s_expiryLook);
    }

    // A client that answers a ping begins another silence: looking no later than after one interval, the heartbeat misses none.
    private long NextSilenceLook(long now)
    {
        var interval = Options.KeepAliveInterval;
        if (interval < TimeSpan.Zero) return LookSchedule.Never;
        if (!_isPinged) return _silentSince + Host.TicksOf(interval);
        var next = now + Host.TicksOf(interval);
        return Options.KeepAliveTimeout < TimeSpan.Zero ? next : Math.Min(next, _silentSince + Host.TicksOf(interval + Options.KeepAliveTimeout));
    }

    // The client broke the protocol and never closed. It may not have read the close frame yet, which a reset would lose it: the first end is a quiet one.
    private void EndLate(long now)
    {
        if (!_isDiscarding || _isLingering)
        {
            // Once: what cannot be cut is not tried at every beat.
            Closing.Deadline = LookSchedule.Never;
            NoteUnanswered();
            Cut(isOwn: true);
            return;
        }

        _isLingering = true;
        Closing.Deadline = LookSchedule.Never;
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
        _request!.Expires = ConnectionInfo.Never;
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

    private void SetDeadline(TimeSpan after)
    {
        Closing.Deadline = Math.Min(Closing.Deadline, DeadlineAfter(after));
        Attend();
    }

    private long DeadlineAfter(TimeSpan after) => after == Timeout.InfiniteTimeSpan ? long.MaxValue : Host.Now + Host.TicksOf(after);
}
