using System.Diagnostics;

namespace Peers;

/// <summary>The typed address of a channel: its name, and what its events have in common.</summary>
/// <remarks>An address, not a thing: it costs a string, nothing has to be opened or disposed, and two of one name are the same channel.</remarks>
/// <typeparam name="TEvent">What every event published to the channel is: an interface, or one message type.</typeparam>
/// <param name="Name">The channel's name.</param>
[DebuggerDisplay("{Name,nq} ({typeof(TEvent).Name,nq})")]
public readonly record struct PeerChannel<TEvent>(string Name)
{
    /// <summary>
    /// The channel's name, safe to log: control characters are replaced, and a name of more than 256 characters is shortened.
    /// <see cref="Name"/> is the name itself.
    /// </summary>
    public override string ToString() => LogText.Clean(Name ?? "");
}
