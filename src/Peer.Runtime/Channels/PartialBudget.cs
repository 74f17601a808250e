namespace Peers.Channels;

/// <summary>How many bytes of unfinished messages all channels of a relay hold together. Safe from any thread.</summary>
/// <param name="limit">The most bytes.</param>
internal sealed class PartialBudget(long limit)
{
    private long _taken;

    /// <summary>How many bytes are held.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    /// <summary>Takes so many bytes.</summary>
    /// <returns>False where they do not fit; then nothing was taken.</returns>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _taken, bytes) <= limit) return true;
        Return(bytes);
        return false;
    }

    /// <summary>Gives back what was taken.</summary>
    public void Return(long bytes) => Interlocked.Add(ref _taken, -bytes);
}
