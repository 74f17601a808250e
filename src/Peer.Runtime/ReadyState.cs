namespace Peers;

/// <summary>The state of a connection, with the numbers of the browser's <c>WebSocket.readyState</c>.</summary>
public enum ReadyState
{
    /// <summary>The handshake has not been answered.</summary>
    Connecting = 0,
    /// <summary>Messages flow.</summary>
    Open = 1,
    /// <summary>A close frame was sent or received.</summary>
    Closing = 2,
    /// <summary>The connection is gone.</summary>
    Closed = 3,
}
