using System.Text;
using Peers.WebSockets;

namespace Peers.Fuzzing;

/// <summary>What came out of a stream of frames, as it can be compared.</summary>
/// <param name="Kind">What it is; never <see cref="FrameEvent.NeedMore"/>.</param>
/// <param name="Code">The code of a fault.</param>
/// <param name="Payload">The payload in hexadecimal digits; empty for a fault.</param>
internal readonly record struct Event(FrameEvent Kind, CloseCode Code, string Payload)
{
    public static Event Fault(CloseCode code) => new(FrameEvent.Fault, code, "");

    public static Event Of(FrameEvent kind, ReadOnlySpan<byte> payload) => new(kind, default, Convert.ToHexString(payload));

    public byte[] Bytes => Convert.FromHexString(Payload);

    public bool IsMessage => Kind is FrameEvent.Text or FrameEvent.Binary;

    public override string ToString() => Kind == FrameEvent.Fault ? $"Fault {(int)Code}" : $"{Kind} '{Encoding.Latin1.GetString(Bytes)}'";
}
