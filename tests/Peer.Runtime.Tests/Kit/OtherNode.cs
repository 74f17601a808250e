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

    /// <summary>Publishes the beginning of a message that is never complete.</summary>
    public void PublishPart(string channel, int length) => Send(channel, RelayFlags.First, new byte[length], isWhole: false);

    /// <summary>Publishes a message with a number of the test's.</summary>
    public void Forge(string channel, long sequence, string text)
    {
        var last = _numbers.GetValueOrDefault(channel);
        _numbers[channel] = sequence - 1;
        Publish(channel, text);
        _numbers[channel] = last;
    }

    /// <summary>Numbers a message that never comes.</summary>
    public void Lose(string channel) => _numbers[channel] = _numbers.GetValueOrDefault(channel) + 1;

    private void Send(string channel, RelayFlags flags, ReadOnlySpan<byte> payload, bool isWhole = true)
    {
        Lose(channel);
        var message = new byte[RelayHeader.Length + payload.Length];
        if (isWhole) flags |= RelayFlags.First | RelayFlags.Last;
        new RelayHeader(flags, number, _numbers[channel]).Write(message);
        payload.CopyTo(message.AsSpan(RelayHeader.Length));
        backplane.Receive(channel, message);
    }
}
