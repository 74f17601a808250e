namespace Mistakes.Member;

using System.IO;
using Peers;

[Message]
public readonly partial record struct Upload(string Name, Stream /*PEER004*/Body/**/);

public static class Uses
{
    public static void Send(Peer peer) => peer.Send(new Upload("", Stream.Null));
}
