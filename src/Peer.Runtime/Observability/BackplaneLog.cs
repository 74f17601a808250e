using Microsoft.Extensions.Logging;

namespace Peers.Observability;

/// <summary>What a host logs about its backplane. Event ids are never reused. Safe from any thread; never throws.</summary>
/// <remarks>The logger limits, bounds and sanitises every event: a method here takes raw values, names of channels included.</remarks>
internal sealed partial class BackplaneLog(SafeLogger logger, string backplane)
{
    public void Connected(uint node) => LogConnected(backplane, node);

    public void Degraded(Exception exception) => LogDegraded(exception, backplane);

    public void OutgoingDropped(string channel, int limit) => LogOutgoingDropped(channel, limit, backplane);

    public void PublishFailed(Exception exception, string channel) => LogPublishFailed(exception, channel, backplane);

    public void SubscribeFailed(Exception exception, string channel) => LogSubscribeFailed(exception, channel, backplane);

    public void NotUnderstood(string channel) => LogNotUnderstood(channel, backplane);

    public void GapFound(in ChannelGap gap) => LogGapFound(gap, backplane);

    public void Interrupted(string? channel) => LogInterrupted(backplane, channel is null ? "all channels" : $"'{channel}'");

    public void NodeJoined(uint node) => LogNodeJoined(node, backplane);

    public void NodeLeft(uint node) => LogNodeLeft(node, backplane);

    public void NodeLost(uint node, TimeSpan timeout) => LogNodeLost(node, timeout, backplane);

    public void ControlDropped(uint node, int limit) => LogControlDropped(node, limit, backplane);

    [LoggerMessage(50, LogLevel.Information, "Channels go over {Backplane}; this is node {Node:x8}.")]
    private partial void LogConnected(string backplane, object node);

    [LoggerMessage(51, LogLevel.Error, "Channels reach only this node's peers, because {Backplane} cannot be used. The connection is retried, as BackplaneOptions.OnStart says.")]
    private partial void LogDegraded(Exception exception, string backplane);

    [LoggerMessage(52, LogLevel.Warning, "A message to '{Channel}' did not reach other nodes: more than MaxOutgoingBytes ({Limit:N0} bytes) are queued for {Backplane}. Raise BackplaneOptions.MaxOutgoingBytes, or publish less.")]
    private partial void LogOutgoingDropped(string channel, object limit, string backplane);

    [LoggerMessage(53, LogLevel.Warning, "A message to '{Channel}' may not have reached other nodes: {Backplane} did not accept it.")]
    private partial void LogPublishFailed(Exception exception, string channel, string backplane);

    [LoggerMessage(54, LogLevel.Warning, "'{Channel}' does not receive from other nodes yet: {Backplane} did not accept the subscription. It is retried.")]
    private partial void LogSubscribeFailed(Exception exception, string channel, string backplane);

    [LoggerMessage(55, LogLevel.Warning, "A message for '{Channel}' over {Backplane} is not from a node of this version and was ignored. Give applications that share a server different prefixes.")]
    private partial void LogNotUnderstood(string channel, string backplane);

    [LoggerMessage(56, LogLevel.Warning, "Messages from other nodes are or may be missing: {Gap}, over {Backplane}.")]
    private partial void LogGapFound(object gap, string backplane);

    [LoggerMessage(57, LogLevel.Warning, "The connection to {Backplane} was interrupted and is restored. Messages that other nodes published meanwhile may be missing from {Channels}.")]
    private partial void LogInterrupted(string backplane, string channels);

    [LoggerMessage(58, LogLevel.Information, "Node {Node:x8} joined over {Backplane}.")]
    private partial void LogNodeJoined(object node, string backplane);

    [LoggerMessage(59, LogLevel.Information, "Node {Node:x8} left {Backplane}.")]
    private partial void LogNodeLeft(object node, string backplane);

    [LoggerMessage(60, LogLevel.Warning, "Node {Node:x8} sent nothing for NodeTimeout ({Timeout}) over {Backplane} and is considered lost.")]
    private partial void LogNodeLost(object node, object timeout, string backplane);

    [LoggerMessage(61, LogLevel.Warning, "A request of node {Node:x8} was rejected: more than MaxIncomingBytes ({Limit:N0} bytes) from other nodes would be queued. Raise BackplaneOptions.MaxIncomingBytes, or send less from node to node over {Backplane}.")]
    private partial void LogControlDropped(object node, object limit, string backplane);
}
