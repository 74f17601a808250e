namespace Peers;

/// <summary>How often a loop asked the kernel for something; what a message costs is these by the messages.</summary>
internal sealed class SystemCalls
{
    /// <summary>epoll_wait.</summary>
    public long Waits { get; set; }

    /// <summary>recv.</summary>
    public long Receives { get; set; }

    /// <summary>send.</summary>
    public long Sends { get; set; }
}
