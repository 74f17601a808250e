namespace Peers.WebSockets;

/// <summary>How the remote end broke the protocol or a limit. The default value means that it did not.</summary>
/// <param name="Code">The code to close with.</param>
/// <param name="Reason">Short English for logs and the close frame. A constant: holds nothing of what came over the wire.</param>
internal readonly record struct ProtocolFault(CloseCode Code, string Reason)
{
    /// <summary>Whether this is a fault at all.</summary>
    public bool IsFault => Code != default;
}
