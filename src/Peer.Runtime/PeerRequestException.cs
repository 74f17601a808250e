namespace Peers;

/// <summary>A peer was asked something and gave no reply that can be used. One that takes too long is a <see cref="TimeoutException"/>.</summary>
public sealed class PeerRequestException : Exception
{
    internal PeerRequestException(PeerRequestFailure failure, string message, string? code = null) : base(message) => (Failure, Code) = (failure, code);

    /// <summary>Why there is no reply.</summary>
    public PeerRequestFailure Failure { get; }

    /// <summary>The code of the client's error where it refused, else null; from the wire, so not to be trusted.</summary>
    public string? Code { get; }
}

/// <summary>Why there is no reply.</summary>
public enum PeerRequestFailure
{
    /// <summary>The client answered with <c>$error</c>.</summary>
    Refused,
    /// <summary>The client answered with another message than was asked for, or one that does not fit.</summary>
    WrongReply,
    /// <summary>The peer has left or is closed. A hook that fails for it has given up, not failed.</summary>
    Closed,
    /// <summary>As many requests are unanswered as <see cref="PeerOptions.MaxRequests"/> allows.</summary>
    TooMany,
    /// <summary>Too much waits to be sent to the peer already, and its <see cref="SlowPeerPolicy"/> drops more, or the request is longer than may ever wait.</summary>
    NotSent,
}
