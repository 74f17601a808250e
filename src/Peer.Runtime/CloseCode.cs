namespace Peers;

/// <summary>Status codes of a close frame, RFC 6455 §7.4.1 and the IANA registry. Applications use 4000 to 4999: <c>(CloseCode)4001</c>.</summary>
public enum CloseCode : ushort
{
    /// <summary>1000: the purpose was fulfilled.</summary>
    Normal = 1000,
    /// <summary>1001: the server goes down, or the page was left.</summary>
    GoingAway = 1001,
    /// <summary>1002: the remote end broke the protocol.</summary>
    ProtocolError = 1002,
    /// <summary>1003: a kind of data that this endpoint does not take.</summary>
    UnsupportedData = 1003,
    /// <summary>1005: the close frame had no code. Never sent.</summary>
    NoStatus = 1005,
    /// <summary>1006: the connection was lost without a close frame. Never sent.</summary>
    Abnormal = 1006,
    /// <summary>1007: data that does not fit the kind of the message, such as text that is not UTF-8.</summary>
    InvalidPayload = 1007,
    /// <summary>1008: a policy was violated.</summary>
    PolicyViolation = 1008,
    /// <summary>1009: the message is too big.</summary>
    MessageTooBig = 1009,
    /// <summary>1010: the client expected an extension. Sent by clients only.</summary>
    MandatoryExtension = 1010,
    /// <summary>1011: the server met an error.</summary>
    InternalError = 1011,
    /// <summary>1012: the server is restarting.</summary>
    ServiceRestart = 1012,
    /// <summary>1013: the server is too busy, or the client is too fast or too slow.</summary>
    TryAgainLater = 1013,
    /// <summary>1014: a gateway got an invalid answer.</summary>
    BadGateway = 1014,
    /// <summary>1015: the TLS handshake failed. Never sent.</summary>
    TlsHandshake = 1015,
}
