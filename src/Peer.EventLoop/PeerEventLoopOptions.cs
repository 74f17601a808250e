namespace Peers;

/// <summary>How the event loop serves connections.</summary>
public sealed class PeerEventLoopOptions
{
    // A timer counts milliseconds in 32 bits.
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(24);

    /// <summary>How many loops there are, each a thread of its own. Default: one a processor.</summary>
    public int Loops { get; set; } = Environment.ProcessorCount;

    /// <summary>How many connections may wait to be accepted, a listening socket. Default: 512.</summary>
    public int Backlog { get; set; } = 512;

    /// <summary>How many connections may be open at once, before and after the upgrade; one more is closed at once. Default: no limit.</summary>
    /// <remarks>The server's own limits end at the upgrade, because a peer leaves the server then.</remarks>
    public int MaxConnections { get; set; } = int.MaxValue;

    /// <summary>Whether what is sent leaves at once rather than wait for more (TCP_NODELAY). Default: true.</summary>
    public bool NoDelay { get; set; } = true;

    /// <summary>Whether hooks run on the thread pool instead of the loop: slower, but a hook may then block without holding others up. Default: false.</summary>
    public bool RunHooksOnThreadPool { get; set; }

    /// <summary>After how long a hook that holds its loop up is named in the log; at most 24 days, or <see cref="Timeout.InfiniteTimeSpan"/> for never. Default: 1 second.</summary>
    public TimeSpan BlockedHookThreshold { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Throws where a value cannot work, naming it and its bounds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its bounds.</exception>
    public void Validate()
    {
        AtLeastOne(Loops, nameof(Loops));
        AtLeastOne(Backlog, nameof(Backlog));
        AtLeastOne(MaxConnections, nameof(MaxConnections));
        Positive(BlockedHookThreshold, nameof(BlockedHookThreshold));
    }

    private static void AtLeastOne(int value, string name)
    {
        if (value < 1) throw new ArgumentOutOfRangeException(name, value, $"PeerEventLoopOptions.{name} must be at least 1.");
    }

    private static void Positive(TimeSpan value, string name)
    {
        if ((value > TimeSpan.Zero && value <= s_longest) || value == Timeout.InfiniteTimeSpan) return;
        throw new ArgumentOutOfRangeException(name, value, $"PeerEventLoopOptions.{name} must be positive and at most {s_longest.Days} days, or Timeout.InfiniteTimeSpan.");
    }
}
