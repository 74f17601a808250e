namespace Peers.Partitions;

/// <summary>What happens in the run of one seed, and when, counted from the first message. The same seed makes the same plan.</summary>
internal sealed class FaultPlan
{
    /// <summary>After how much silence a node counts as lost.</summary>
    public static readonly TimeSpan NodeTimeout = TimeSpan.FromMilliseconds(500);

    /// <summary>How long messages are published before the first fault can begin.</summary>
    public static readonly TimeSpan Beginning = TimeSpan.FromMilliseconds(600);

    /// <summary>When the last fault has ended.</summary>
    public static readonly TimeSpan End = TimeSpan.FromMilliseconds(5600);

    private const int MinFaults = 2;
    private const int MaxFaults = 4;

    // The timeout, a heartbeat more or less, is 250 to 750 ms.
    private static readonly (int Min, int Max) s_short = (80, 400);
    private static readonly (int Min, int Max) s_long = (800, 2400);

    // A node that was out of reach is heard again so much later.
    private static readonly TimeSpan s_reconnect = TimeSpan.FromMilliseconds(800);
    private static readonly TimeSpan s_shortestMemoryOfKilled = TimeSpan.FromMilliseconds(2800);

    private static readonly (FaultKind Kind, int Weight)[] s_weights =
    [
        (FaultKind.Hold, 3), (FaultKind.HoldSent, 2), (FaultKind.HoldReceived, 2), (FaultKind.Blackhole, 3), (FaultKind.BlackholeSent, 2), (FaultKind.Refuse, 3),
        (FaultKind.Delay, 1), (FaultKind.PauseNode, 3), (FaultKind.PauseBroker, 2), (FaultKind.RestartBroker, 1), (FaultKind.Stop, 1), (FaultKind.Kill, 2), (FaultKind.CutAndKill, 2),
    ];

    private readonly Random _random;
    private readonly List<Fault> _faults = [];
    private readonly List<Latecomer> _latecomers = [];
    private readonly List<Burst> _bursts = [];

    public FaultPlan(int seed)
    {
        _random = new(seed);
        Heartbeat = TimeSpan.FromMilliseconds(Pick([100, 200, 250]));
        Linger = TimeSpan.FromMilliseconds(Pick([0, 200, 1000, 10_000]));
        NodeMemory = TimeSpan.FromMilliseconds(Pick([1000, 2000]));
        GapDelay = TimeSpan.FromMilliseconds(Pick([0, 0, 100, 250]));
        AddFaults();
        // Nothing can be known of what a node publishes after it was forgotten, where it is never heard again.
        foreach (var fault in _faults.Where(fault => fault.Kind == FaultKind.CutAndKill)) NodeMemory = Longer(NodeMemory, MemoryOfKilled(fault));
        foreach (var fault in _faults) AddLatecomers(fault);
        for (var node = 0; node < Nodes.Count; node++) AddFirstMessages(node);
        for (var left = 2; left > 0; left--) _bursts.Add(new(_random.Next(Nodes.Count), Between(Beginning, End), Channels.Busy[0], 150));
    }

    /// <summary>The nodes' heartbeat interval.</summary>
    public TimeSpan Heartbeat { get; }

    /// <summary>How long the nodes keep a subscription without subscribers.</summary>
    public TimeSpan Linger { get; }

    /// <summary>How long the nodes remember a lost node. Nodes that have ended are reported on all channels after it, within the run.</summary>
    public TimeSpan NodeMemory { get; }

    /// <summary>How long the nodes' hook for gaps takes, so that gaps wait and are joined.</summary>
    public TimeSpan GapDelay { get; }

    public IReadOnlyList<Fault> Faults => _faults;

    public IReadOnlyList<Latecomer> Latecomers => _latecomers;

    public IReadOnlyList<Burst> Bursts => _bursts;

    // Faults of other nodes that end shortly before it prolong the time in which they do not hear each other.
    private TimeSpan MemoryOfKilled(Fault killed)
    {
        var begin = killed.At;
        foreach (var fault in _faults.OrderByDescending(fault => fault.At))
        {
            if (fault.At < begin && fault.At + fault.Duration + s_reconnect > begin) begin = fault.At;
        }

        return Longer(s_shortestMemoryOfKilled, killed.At + killed.Duration - begin + s_reconnect);
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    // At least one fault is longer than the timeout.
    private void AddFaults()
    {
        var count = _random.Next(MinFaults, MaxFaults + 1);
        for (var attempt = 0; attempt < 50 && _faults.Count < count; attempt++)
        {
            var (min, max) = _faults.Count == 0 || _random.Next(3) > 0 ? s_long : s_short;
            var duration = TimeSpan.FromMilliseconds(_random.Next(min, max));
            var fault = new Fault(PickKind(), _random.Next(Nodes.Count), Between(Beginning, End - duration), duration);
            if (!_faults.Exists(fault.Collides)) _faults.Add(fault);
        }

        _faults.Sort((one, other) => one.At.CompareTo(other.At));
    }

    private void AddLatecomers(Fault fault)
    {
        for (var left = _random.Next(1, 4); left > 0; left--)
        {
            var channels = Channels.All.Where(_ => _random.Next(3) == 0).DefaultIfEmpty(Channels.Late[0]).ToArray();
            TimeSpan? stays = _random.Next(10) < 3 ? TimeSpan.FromMilliseconds(_random.Next(300, 2500)) : null;
            _latecomers.Add(new(_random.Next(Nodes.Count), fault.At + (fault.Duration * (0.1 + (0.8 * _random.NextDouble()))), channels, stays));
        }
    }

    // On most of these channels a node publishes nothing until then, which is within a fault of its own where it has one.
    private void AddFirstMessages(int node)
    {
        var own = _faults.Where(fault => fault.Node == node || fault.IsOfBroker).ToArray();
        foreach (var channel in Channels.New)
        {
            if (_random.Next(4) == 0) continue;
            var at = own.Length > 0 && _random.Next(3) > 0 ? Within(own[_random.Next(own.Length)]) : Between(Beginning, End);
            _bursts.Add(new(node, at, channel, _random.Next(1, 6)));
            if (_random.Next(2) == 0) _bursts.Add(new(node, Between(at, End), channel, _random.Next(1, 4)));
        }
    }

    private TimeSpan Within(Fault fault) => Between(fault.At, fault.At + fault.Duration);

    private TimeSpan Between(TimeSpan from, TimeSpan to) => from + ((to - from) * _random.NextDouble());

    private T Pick<T>(T[] from) => from[_random.Next(from.Length)];

    private FaultKind PickKind()
    {
        var left = _random.Next(s_weights.Sum(one => one.Weight));
        foreach (var (kind, weight) in s_weights)
        {
            if ((left -= weight) < 0) return kind;
        }

        throw new InvalidOperationException("The weights do not add up.");
    }
}

/// <summary>A fault: of the node's link or process, or of the broker, and then the node does not matter.</summary>
internal sealed record Fault(FaultKind Kind, int Node, TimeSpan At, TimeSpan Duration)
{
    // What is started again needs a moment before the next fault.
    private static readonly TimeSpan s_distance = TimeSpan.FromMilliseconds(100);

    /// <summary>Whether it is the broker's, and so every node's.</summary>
    public bool IsOfBroker => Kind is FaultKind.PauseBroker or FaultKind.RestartBroker;

    /// <summary>Whether another node is started in the place of the one that it ended.</summary>
    public bool Restarts => Kind is FaultKind.Stop or FaultKind.Kill or FaultKind.CutAndKill;

    /// <summary>Whether both cannot be in one plan: a node has one fault at a time, and a broker that is away lets no node start.</summary>
    public bool Collides(Fault other)
    {
        if (IsOfBroker != other.IsOfBroker) return (Restarts || other.Restarts) && Overlaps(other, TimeSpan.FromSeconds(1));
        return (IsOfBroker || Node == other.Node) && Overlaps(other, s_distance);
    }

    private bool Overlaps(Fault other, TimeSpan distance) => At < other.At + other.Duration + distance && other.At < At + Duration + distance;
}

/// <summary>A client that subscribes in the middle of a fault, and perhaps leaves again.</summary>
internal sealed record Latecomer(int Node, TimeSpan At, string[] Channels, TimeSpan? Stays);

/// <summary>Messages that a node publishes at once.</summary>
internal sealed record Burst(int Node, TimeSpan At, string Channel, int Count);
