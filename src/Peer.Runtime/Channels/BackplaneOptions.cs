namespace Peers;

/// <summary>How a host uses its backplane. Every value has a safe default and can be bound from configuration.</summary>
public class BackplaneOptions
{
    // Timers of the host go no finer than its heartbeat; what is longer than a day is a mistake.
    private static readonly TimeSpan s_shortest = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(1);

    /// <summary>What happens where the server is not there when the application starts. Default: <see cref="BackplaneStart.Fail"/>.</summary>
    public BackplaneStart OnStart { get; set; } = BackplaneStart.Fail;

    /// <summary>How long a channel stays subscribed after its last peer here has left, so that joining again costs nothing. Default: 10 seconds.</summary>
    public TimeSpan Linger { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often nodes tell each other what they published last, so that a loss is found although nothing follows it. Default: 1 second.</summary>
    public TimeSpan HeartbeatInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>After how much silence a node counts as lost; a few heartbeats at least. Default: 5 seconds.</summary>
    public TimeSpan NodeTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long the numbers of a lost node are kept, so that what it published meanwhile is reported when it is heard again; at least <see cref="NodeTimeout"/>. When they are forgotten, the channels that the
    /// node published to have a gap of unknown extent. Default: 1 hour.
    /// </summary>
    public TimeSpan NodeMemory { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How many lost nodes are kept so at most; beyond that the one that was lost first is forgotten. From 1 to 65,536. Default: 1,024.</summary>
    public int MaxLostNodes { get; set; } = 1024;

    /// <summary>How long a question to other nodes waits for answers where the caller does not say. Default: 2 seconds.</summary>
    public TimeSpan AnswerTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How many bytes may wait for the backplane; what is published beyond it reaches only this node's peers, and other nodes see a gap. Default: 16,777,216.</summary>
    public int MaxOutgoingBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>How many bytes from other nodes may wait to be handed to peers; what is published beyond it is dropped, and is a gap, and what is asked is refused. News of the nodes has as much again. Default: 16,777,216.</summary>
    public int MaxIncomingBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>Throws where a value cannot work, naming it and its bounds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of its bounds.</exception>
    public virtual void Validate()
    {
        Defined(OnStart, nameof(OnStart));
        Within(TimeSpan.Zero, s_longest, Linger, nameof(Linger));
        Within(s_shortest, s_longest, HeartbeatInterval, nameof(HeartbeatInterval));
        Within(HeartbeatInterval * 2, s_longest, NodeTimeout, nameof(NodeTimeout));
        Within(NodeTimeout, s_longest, NodeMemory, nameof(NodeMemory));
        WithinCount(MaxLostNodes, nameof(MaxLostNodes));
        Within(s_shortest, s_longest, AnswerTimeout, nameof(AnswerTimeout));
        WithinBytes(MaxOutgoingBytes, nameof(MaxOutgoingBytes));
        WithinBytes(MaxIncomingBytes, nameof(MaxIncomingBytes));
    }

    private static void Defined(BackplaneStart value, string option)
    {
        if (!Enum.IsDefined(value)) throw new ArgumentOutOfRangeException(option, value, $"BackplaneOptions.{option} must be Fail or Degraded.");
    }

    private static void Within(TimeSpan least, TimeSpan most, TimeSpan value, string option)
    {
        if (value < least || value > most) throw new ArgumentOutOfRangeException(option, value, $"BackplaneOptions.{option} must be from {least} to {most}.");
    }

    private static void WithinCount(int value, string option)
    {
        const int most = 64 * 1024;
        if (value is < 1 or > most) throw new ArgumentOutOfRangeException(option, value, $"BackplaneOptions.{option} must be from 1 to {most}.");
    }

    private static void WithinBytes(int value, string option)
    {
        const int least = 64 * 1024;
        if (value is < least or > OptionBounds.MostBytes) throw new ArgumentOutOfRangeException(option, value, $"BackplaneOptions.{option} must be from {least} to {OptionBounds.MostBytes}.");
    }
}

/// <summary>What happens where a backplane's server is not there when the application starts.</summary>
public enum BackplaneStart
{
    /// <summary>The application does not start: <see cref="BackplaneException"/>.</summary>
    Fail,
    /// <summary>It starts, with channels that reach only this node's peers, and connects as soon as it can. Peers see a gap then.</summary>
    Degraded,
}
