namespace Peers.Observability;

/// <summary>The names of tags, of metrics and spans alike, and the values that stand for what has no name of its own.</summary>
/// <remarks>A message cannot be called by one of these: names that begin with <c>$</c> are the protocol's.</remarks>
internal static class MetricTags
{
    public const string Handler = "peer.handler";
    public const string Hook = "peer.hook";
    public const string MessageType = "peer.message.type";
    public const string Outcome = "peer.handshake.outcome";
    public const string CloseCode = "peer.close.code";
    public const string CloseInitiator = "peer.close.initiator";
    public const string Policy = "peer.policy";
    public const string Limit = "peer.limit";
    public const string Backplane = "peer.backplane.name";
    public const string GapCause = "peer.gap.cause";
    public const string EventLoop = "peer.event_loop.number";
    public const string Direction = "network.io.direction";
    public const string ErrorType = "error.type";

    /// <summary>Text that is no message of a type: a raw hook's, or sent as it is.</summary>
    public const string Text = "$text";

    /// <summary>A binary message.</summary>
    public const string Binary = "$binary";

    /// <summary>A reply to <see cref="Peer.RequestAsync"/>.</summary>
    public const string Reply = "$reply";

    /// <summary>The end that a client put to a stream.</summary>
    public const string Cancel = "$cancel";

    /// <summary>An error that a client was told.</summary>
    public const string Error = "$error";

    /// <summary>The end of a stream.</summary>
    public const string End = "$end";

    /// <summary>What reached no hook: of a type that is not known, malformed, or too late.</summary>
    public const string Other = "$other";
}
