namespace Mistakes.ProtocolMember;

using Peers;

[Message]
public readonly partial record struct Placed(string /*PEER020*/Type/**/, int Count);

public static class Uses
{
    public static void Send(Peer peer) => peer.Send(new Placed("", 1));
}
