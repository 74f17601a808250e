namespace Peers.Observability;

/// <summary>How often one kind of event may be logged, so that a hostile client cannot fill a disk. Safe from any thread.</summary>
internal sealed class LogBudget(TimeProvider time, int perSecond = 10)
{
    /// <summary>The end of a line's template, for the number that <see cref="TrySpend"/> gives: says how many lines were left out, and nothing where none was.</summary>
    public const string Suppressed = "{Suppressed:' ('0' similar not logged)';;''}";

    private readonly Lock _lock = new();
    private long _second = long.MinValue;
    private int _spent;
    private int _suppressed;

    /// <summary>Whether the event may be logged, and how many were not since the last that was.</summary>
    public bool TrySpend(out int suppressed)
    {
        lock (_lock)
        {
            suppressed = 0;
            var second = time.GetTimestamp() / time.TimestampFrequency;
            if (second != _second) (_second, _spent) = (second, 0);
            if (_spent == perSecond)
            {
                _suppressed++;
                return false;
            }

            _spent++;
            (suppressed, _suppressed) = (_suppressed, 0);
            return true;
        }
    }
}
