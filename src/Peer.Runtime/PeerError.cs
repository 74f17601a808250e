namespace Peers;

/// <summary>What went wrong with a peer, and what is to happen next.</summary>
/// <param name="kind">What went wrong.</param>
/// <param name="exception">The exception, where there was one.</param>
/// <param name="hook">The hook that was to run, such as <c>OnMessage</c>; empty where it was the transport.</param>
/// <param name="messageType">The message's <c>type</c>, where it is known.</param>
/// <param name="action">What happens if nobody decides otherwise.</param>
public sealed class PeerError(PeerErrorKind kind, Exception? exception, string hook, string? messageType, PeerErrorAction action)
{
    /// <summary>What went wrong.</summary>
    public PeerErrorKind Kind { get; } = kind;

    /// <summary>The exception, where there was one.</summary>
    public Exception? Exception { get; } = exception;

    /// <summary>The hook that threw or would have run, such as <c>OnMessage</c>; empty where the transport failed.</summary>
    public string Hook { get; } = hook;

    /// <summary>The message's <c>type</c>, where it is known; from the wire, so not to be trusted.</summary>
    public string? MessageType { get; } = messageType;

    /// <summary>What happens next. The hook may change it.</summary>
    public PeerErrorAction Action { get; set; } = action;
}

/// <summary>What went wrong with a peer.</summary>
public enum PeerErrorKind
{
    /// <summary>A hook threw.</summary>
    HookFailed,
    /// <summary>A text was not JSON, named an unknown message, or did not fit the message that it named.</summary>
    InvalidMessage,
    /// <summary>The transport failed: a reset, a broken TLS session. The close hook follows.</summary>
    TransportFailed,
}

/// <summary>What happens after an error.</summary>
public enum PeerErrorAction
{
    /// <summary>The peer stays open.</summary>
    Continue,
    /// <summary>The peer is closed: 1011 where a hook threw, 1007 where a message was not JSON, else 1008.</summary>
    Close,
}
