namespace Peers;

/// <summary>How often a loop asked the kernel for something; what a message costs is these by the messages.</summary>
internal sealed class SystemCalls
{
    private long _sendsElsewhere;

    /// <summary>epoll_wait.</summary>
    public long Waits { get; set; }

    /// <summary>recv.</summary>
    public long Receives { get; set; }

    /// <summary>send, by the loop.</summary>
    public long Sends { get; private set; }

    /// <summary>send, on the loop's connections, by other threads.</summary>
    public long SendsElsewhere => Volatile.Read(ref _sendsElsewhere);

    /// <summary>Counts a send.</summary>
    /// <param name="isLoop">Whether the loop did it.</param>
    public void CountSend(bool isLoop)
    {
        if (isLoop) Sends++;
        else Interlocked.Increment(ref _sendsElsewhere);
    }
}
