namespace Peers;

/// <summary>How much of one peer's work a thread does before others have their turn: the time that it takes, and how many bytes it inflates.</summary>
/// <remarks>
/// A loop serves many peers on one thread, and what one client sends in a single read may cost a thousand times what another's does. The clock is read every
/// few messages only, so that reading it costs nothing that can be measured.
/// </remarks>
internal struct PassBudget(TimeProvider time)
{
    private const int MessagesBetweenLooks = 16;
    private const int MaxInflatedBytes = 512 * 1024;
    private const int MaxMilliseconds = 2;

    private int _messages;
    private int _inflated;
    private long _end;

    /// <summary>Counts a message that has been handled.</summary>
    /// <param name="inflated">How many bytes were inflated for it; 0 where it was not compressed.</param>
    /// <returns>True when the budget is spent: the rest is for later.</returns>
    public bool Spend(int inflated = 0)
    {
        _inflated += inflated;
        return (++_messages % MessagesBetweenLooks == 0 && IsLate()) || _inflated > MaxInflatedBytes;
    }

    private bool IsLate()
    {
        var now = time.GetTimestamp();
        if (_end != 0) return now >= _end;
        _end = now + (time.TimestampFrequency * MaxMilliseconds / 1000);
        return false;
    }
}
