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
            Closing.SetLastDeadline(LookSchedule.Never);
            Break();
            return LookSchedule.Never;
        }
    }

    // Never the whole timeout: progress has to be seen while it is made.
    private const int LooksInSlowPeerTimeout = 8;
    private static readonly TimeSpan s_longestWatch = TimeSpan.FromSeconds(1);

    private long Look(long now)
    {
        var requests = Volatile.Read(ref _requests)?.Expire(now) ?? LookSchedule.Never;
        _output.Transport?.TakeWhatCame();
        _ = IsExpired();
        WatchOutput(now);
        if (now >= Deadline) EndLate(now);
        else EndSilent(now);
        return Math.Min(Math.Min(requests, NextOutputLook(now)), Math.Min(Deadline, Math.Min(NextExpiryLook(now), NextSilenceLook(now))));
    }

    // While a write is pending, and while an answer is awaited that stands behind what the client has not read yet.
    private void WatchOutput(long now)
    {
        var isClosing = Deadline != LookSchedule.Never;
        if (_progress is null && !isClosing && _output.TryEndWatch()) return;

        var isPending = _output.TryGetWriteProgress(out var progress, out var isOutstanding);
        if (!isPending && !isOutstanding)
        {
            if (_output.TryEndWatch()) _progress = null;
            return;
        }

        if (_progress is null) _progress = new(progress, now);
        else if (_progress.Observe(progress, now)) NoteProgress(now);
        else if (isPending && !isClosing) EndStalled(now, _progress.Since);
    }

    // A client that reads is alive, although its answer may stand behind much that it has to read first.
    private void NoteProgress(long now)
    {
        (_silentSince, _isPinged) = (now, false);
        Volatile.Read(ref _closing)?.RestartClock(now);
    }

    private void EndStalled(long now, long since)
    {
        if (!IsOver(Host.Time.GetElapsedTime(since, now), Options.SlowPeerTimeout) || _output.IsSealed) return;
        Host.Log.Stalled(Peer, Info.Name, _output.BufferedBytes, Options.SlowPeerTimeout);
        Metrics.Exceeded(nameof(PeerOptions.SlowPeerTimeout));
        SendClose(CloseCode.TryAgainLater, "nothing is read");
    }

    private long NextOutputLook(long now)
    {
        if (_progress is null) return LookSchedule.Never;
        var timeout = Options.SlowPeerTimeout;
        var part = timeout < TimeSpan.Zero ? s_longestWatch : timeout / LooksInSlowPeerTimeout;
        return now + Host.TicksOf(part < s_longestWatch ? part : s_longestWatch);
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
        if (_isExpired || _request is not { Expires: not ConnectionInfo.Never and var expires }) return LookSchedule.Never;
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

    // The client may not have read everything yet, which a reset would lose it: the first end is an orderly one (FIN), where everything has been written.
    private void EndLate(long now)
    {
        NoteUnanswered();
        if (_isLingering || HasRemoteLeft || !_output.IsEmpty)
        {
            // Once: what cannot be cut is not tried at every beat.
            Closing.SetLastDeadline(LookSchedule.Never);
            Cut(isOwn: true);
            return;
        }

        _isLingering = true;
        Closing.SetLastDeadline(DeadlineAfter(Options.CloseTimeout));
        Attend();
        _output.Transport?.StopReading();
    }

    // The end of reading is the end of the time in which an answer could come: noted once.
    private void NoteUnanswered()
    {
        if (_isDiscarding || HasRemoteLeft || _isCut) return;
        Host.Log.CloseUnanswered(Peer, Info.Name, Options.CloseTimeout);
        Metrics.Exceeded(nameof(PeerOptions.CloseTimeout));
    }

    // The heartbeat asks, and so does each hook before it is called: the heartbeat alone would be up to a beat late.
    private bool IsExpired()
    {
        if (_isExpired) return true;
        var expires = _request?.Expires ?? ConnectionInfo.Never;
        if (expires == ConnectionInfo.Never || Host.Time.GetUtcNow().UtcTicks < expires) return false;
        Expire();
        return true;
    }

    private void Expire()
    {
        if (Interlocked.Exchange(ref _isExpired, true) || _output.IsSealed) return;
        Host.Log.AuthenticationExpired(Peer, Info.Name);
        Metrics.Exceeded(nameof(PeerOptions.CloseOnAuthenticationExpiration));
        SendClose(CloseCode.PolicyViolation, "authentication expired");
    }

    private void PingIfSilent(TimeSpan silence)
    {
        if (!IsOver(silence, Options.KeepAliveInterval)) return;
        _isPinged = true;

        // The ping stands behind what is not acknowledged yet.
        if (_output.TryGetWriteProgress(out var progress, out var isOutstanding) | isOutstanding) _progress ??= new(progress, Host.Now);
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

    // The clock of the closing handshake. It stands while the client gets further with reading, see NoteProgress.
    private void SetDeadline(TimeSpan after)
    {
        Closing.StartClock(Host.Now, PatienceOf(after), PatienceOf(Options.MaxCloseTime));
        Attend();
    }

    private long PatienceOf(TimeSpan time) => time == Timeout.InfiniteTimeSpan ? long.MaxValue / 2 : Host.TicksOf(time);

    private long DeadlineAfter(TimeSpan after) => after == Timeout.InfiniteTimeSpan ? long.MaxValue : Host.Now + Host.TicksOf(after);
}
