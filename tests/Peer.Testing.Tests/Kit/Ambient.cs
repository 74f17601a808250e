namespace Peers.Tests.Kit;

/// <summary>Says what flows to it, and leaves something that might flow on.</summary>
[PeerHandler("/ambient")]
public sealed partial class Ambient
{
    private static readonly AsyncLocal<string?> s_value = new();

    public static string Value
    {
        get => s_value.Value ?? "-";
        set => s_value.Value = value;
    }

    [OnMessage]
    private static void Hear(Peer peer, string text)
    {
        peer.Send(Value);
        Value = text;
    }
}
