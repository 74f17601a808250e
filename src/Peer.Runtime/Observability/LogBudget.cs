namespace Peers.Observability;

/// <summary>How often one event may be logged: a token bucket. Safe from any thread.</summary>
internal sealed class LogBudget(TimeProvider time, LogRate rate)
{
    private readonly Lock _lock = new();
    private double _tokens = rate.Burst;
    private long _refilled = time.GetTimestamp();
    private int _suppressed;

    /// <summary>Takes the token for one line.</summary>
    /// <param name="suppressed">How many lines were refused since the last that was not.</param>
    /// <returns>False where the line must not be written.</returns>
    public bool TrySpend(out int suppressed)
    {
        lock (_lock)
        {
            suppressed = 0;
            Refill();
            if (_tokens < 1)
            {
                _suppressed++;
                return false;
            }

            _tokens--;
            (suppressed, _suppressed) = (_suppressed, 0);
            return true;
        }
    }

    private void Refill()
    {
        var now = time.GetTimestamp();
        _tokens = Math.Min(rate.Burst, _tokens + (time.GetElapsedTime(_refilled, now).TotalSeconds * rate.PerSecond));
        _refilled = now;
    }
}
