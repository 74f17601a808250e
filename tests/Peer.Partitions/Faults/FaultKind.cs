namespace Peers.Partitions;

/// <summary>What is done to a node, its link or the broker, and undone after a while.</summary>
public enum FaultKind
{
    /// <summary>Bytes are held in both directions, and then passed on.</summary>
    Hold,
    /// <summary>What the node sends is held, and then passed on.</summary>
    HoldSent,
    /// <summary>What the node receives is held, and then passed on.</summary>
    HoldReceived,
    /// <summary>Bytes are held in both directions, then they are thrown away and the connections reset.</summary>
    Blackhole,
    /// <summary>What the node sends is held, then it is thrown away and the connections are reset.</summary>
    BlackholeSent,
    /// <summary>The connections are reset, and so is each new one.</summary>
    Refuse,
    /// <summary>Bytes are passed on late, in order.</summary>
    Delay,
    /// <summary>The node's process is stopped and goes on.</summary>
    PauseNode,
    /// <summary>The broker's process is stopped and goes on.</summary>
    PauseBroker,
    /// <summary>The broker's process is killed, and started again on its port.</summary>
    RestartBroker,
    /// <summary>The node's process is asked to end, and another one started in its place.</summary>
    Stop,
    /// <summary>The node's process is killed, and another one started in its place.</summary>
    Kill,
    /// <summary>The node's bytes are held; it is killed before they are passed on; another one is started in its place.</summary>
    CutAndKill,
}
