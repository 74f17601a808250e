using Microsoft.Extensions.Logging;

namespace Peers.Observability;

/// <summary>What a host logs about its backplane. Event ids are never reused. What can come often is rate-limited.</summary>
internal sealed partial class BackplaneLog(ILogger logger, TimeProvider time, string backplane)
{
    private readonly LogBudget _publishing = new(time, perSecond: 2);
    private readonly LogBudget _subscribing = new(time, perSecond: 2);
    private readonly LogBudget _foreign = new(time, perSecond: 2);
    private readonly LogBudget _gaps = new(time);
    private readonly LogBudget _asking = new(time, perSecond: 2);

    public void Connected(uint node) => LogConnected(backplane, node);

    public void Degraded(Exception exception) => LogDegraded(exception, backplane);

    public void OutgoingDropped(string channel, int limit)
    {
        if (_publishing.TrySpend(out var suppressed)) LogOutgoingDropped(LogText.OneLine(channel), limit, backplane, suppressed);
    }

    public void PublishFailed(Exception exception, string channel)
    {
        if (_publishing.TrySpend(out var suppressed)) LogPublishFailed(exception, LogText.OneLine(channel), backplane, suppressed);
    }

    public void SubscribeFailed(Exception exception, string channel)
    {
        if (_subscribing.TrySpend(out var suppressed)) LogSubscribeFailed(exception, LogText.OneLine(channel), backplane, suppressed);
    }

    public void NotUnderstood(string channel)
    {
        if (_foreign.TrySpend(out var suppressed)) LogNotUnderstood(LogText.OneLine(channel), backplane, suppressed);
    }

    public void GapFound(in ChannelGap gap)
    {
        if (_gaps.TrySpend(out var suppressed)) LogGapFound(LogText.OneLine(gap.ToString()), backplane, suppressed);
    }

    public void Interrupted(string? channel) => LogInterrupted(backplane, channel is null ? "all channels" : $"'{LogText.OneLine(channel)}'");

    public void NodeJoined(uint node) => LogNodeJoined(node, backplane);

    public void NodeLeft(uint node) => LogNodeLeft(node, backplane);

    public void NodeLost(uint node, TimeSpan timeout) => LogNodeLost(node, timeout, backplane);

    public void ControlDropped(uint node, int limit)
    {
        if (_asking.TrySpend(out var suppressed)) LogControlDropped(node, limit, backplane, suppressed);
    }

    [LoggerMessage(50, LogLevel.Information, "Channels go over {Backplane}; this is node {Node:x8}.")]
    private partial void LogConnected(string backplane, object node);

    [LoggerMessage(51, LogLevel.Error, "Channels reach this node's peers alone, because {Backplane} cannot be used. It is tried again, as BackplaneOptions.OnStart asks for.")]
    private partial void LogDegraded(Exception exception, string backplane);

    [LoggerMessage(52, LogLevel.Warning, "A message to '{Channel}' did not reach other nodes: more than MaxOutgoingBytes ({Limit:N0}) wait for {Backplane}. Raise BackplaneOptions.MaxOutgoingBytes, or publish less." + LogBudget.Suppressed)]
    private partial void LogOutgoingDropped(string channel, object limit, string backplane, object suppressed);

    [LoggerMessage(53, LogLevel.Warning, "A message to '{Channel}' may not have reached other nodes: {Backplane} did not take it." + LogBudget.Suppressed)]
    private partial void LogPublishFailed(Exception exception, string channel, string backplane, object suppressed);

    [LoggerMessage(54, LogLevel.Warning, "'{Channel}' does not hear other nodes yet: {Backplane} did not take the subscription. It is tried again." + LogBudget.Suppressed)]
    private partial void LogSubscribeFailed(Exception exception, string channel, string backplane, object suppressed);

    [LoggerMessage(55, LogLevel.Warning, "What came for '{Channel}' over {Backplane} is not from a node of this version, and was ignored. Give applications that share a server different prefixes." + LogBudget.Suppressed)]
    private partial void LogNotUnderstood(string channel, string backplane, object suppressed);

    [LoggerMessage(56, LogLevel.Warning, "Messages of other nodes are or may be missing: {Gap}, over {Backplane}." + LogBudget.Suppressed)]
    private partial void LogGapFound(string gap, string backplane, object suppressed);

    [LoggerMessage(57, LogLevel.Warning, "{Backplane} was interrupted and is back. What other nodes published meanwhile may be missing from {Channels}.")]
    private partial void LogInterrupted(string backplane, string channels);

    [LoggerMessage(58, LogLevel.Information, "Node {Node:x8} is there, over {Backplane}.")]
    private partial void LogNodeJoined(object node, string backplane);

    [LoggerMessage(59, LogLevel.Information, "Node {Node:x8} has left {Backplane}.")]
    private partial void LogNodeLeft(object node, string backplane);

    [LoggerMessage(60, LogLevel.Warning, "Node {Node:x8} was not heard for NodeTimeout ({Timeout}) and counts as lost, over {Backplane}.")]
    private partial void LogNodeLost(object node, object timeout, string backplane);

    [LoggerMessage(61, LogLevel.Warning, "What node {Node:x8} asked of this one was not taken: more than MaxIncomingBytes ({Limit:N0} bytes) from other nodes would wait. Raise BackplaneOptions.MaxIncomingBytes, or send less from node to node over {Backplane}." + LogBudget.Suppressed)]
    private partial void LogControlDropped(object node, object limit, string backplane, object suppressed);
}
