namespace Peers;

/// <summary>The token bucket of one peer: filled by the passing of time and not by a timer. Touched by the read loop alone.</summary>
internal sealed class MessageBucket
{
    // Sums of fractions may miss a whole message by a hair.
    private const double AlmostOne = 1 - 1e-9;

    private readonly int _limit;
    private readonly double _ticks;
    private readonly int _burst;
    private double _tokens;
    private long _now;

    public MessageBucket(MessageRateOptions options, long ticksPerSecond, long now)
    {
        (_limit, _ticks, _burst) = (options.Limit, options.Period.TotalSeconds * ticksPerSecond, options.GetBurst());
        (_tokens, _now) = (_burst, now);
    }

    /// <summary>Notes what time it is.</summary>
    public void Advance(long now)
    {
        if (_tokens < _burst) _tokens = Math.Min(_burst, _tokens + Since(now));
        _now = now;
    }

    /// <summary>As <see cref="Advance"/>, after a time in which nothing was read: as much may have come meanwhile, even if that is more than a burst.</summary>
    public void Resume(long now)
    {
        _tokens += Since(now);
        _now = now;
    }

    /// <summary>Takes what one message costs.</summary>
    /// <returns>False where there is less.</returns>
    public bool TryTake()
    {
        if (_tokens < AlmostOne) return false;
        _tokens -= 1;
        return true;
    }

    private double Since(long now) => (double)(now - _now) * _limit / _ticks;
}
