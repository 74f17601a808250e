namespace Peers;

/// <summary>Why and how a peer left.</summary>
/// <param name="Code">The status code, RFC 6455 §7.4: <see cref="CloseCode.NoStatus"/> where the close frame had none, <see cref="CloseCode.Abnormal"/> where none came.</param>
/// <param name="Reason">The reason that came with the code; empty where there was none.</param>
/// <param name="WasClean">Whether both sides sent a close frame.</param>
/// <param name="Initiator">Who began.</param>
public readonly record struct CloseEvent(CloseCode Code, string Reason, bool WasClean, CloseInitiator Initiator)
{
    /// <summary>Code, its name where it has one, reason and initiator, for logs.</summary>
    public override string ToString() =>
        $"{(int)Code}{(Enum.IsDefined(Code) ? $" {Code}" : "")} by {Initiator}" +
        $"{(Reason.Length == 0 ? "" : $": {LogText.Clean(Reason)}")}{(WasClean ? "" : " (not clean)")}";
}

/// <summary>Who began to close a connection.</summary>
public enum CloseInitiator
{
    /// <summary>The remote end: it sent a close frame, or its connection was lost.</summary>
    Remote,
    /// <summary>This end: <c>Close</c>, <c>Terminate</c>, a limit, a fault, or shutdown.</summary>
    Local,
}
