using System.Text;
using Peers.Channels;

namespace Peers.Tests.Kit;

/// <summary>Another node, whose every message over the backplane a test writes: also such as no good node would send.</summary>
internal sealed class OtherNode(SilentBackplane backplane, uint number)
{
    private readonly Dictionary<string, long> _numbers = new(StringComparer.Ordinal);

    public uint Number => number;

    public void Publish(string channel, string text) => Send(channel, RelayFlags.None, Encoding.UTF8.GetBytes(text));

    /// <summary>Says something to all nodes, or to the one whose inbox it is.</summary>
    public void Say(ControlWriter message, string to = WireName.Nodes) => Send(to, RelayFlags.Control, message.Written);

    public void Say(ControlKind kind) => Say(kind == ControlKind.Heartbeat ? Heartbeat() : new ControlWriter(kind));

    /// <summary>A heartbeat without numbers.</summary>
    public static ControlWriter Heartbeat(HeartbeatFlags flags = HeartbeatFlags.None) => new ControlWriter(ControlKind.Heartbeat).Write((byte)flags);

    /// <summary>Numbers a message that never comes.</summary>
    public void Lose(string channel) => _numbers[channel] = _numbers.GetValueOrDefault(channel) + 1;

    private void Send(string channel, RelayFlags flags, ReadOnlySpan<byte> payload)
    {
        Lose(channel);
        var message = new byte[RelayHeader.Length + payload.Length];
        new RelayHeader(flags | RelayFlags.First | RelayFlags.Last, number, _numbers[channel]).Write(message);
        payload.CopyTo(message.AsSpan(RelayHeader.Length));
        backplane.Receive(channel, message);
    }
}
