namespace Mistakes.Completed;

using Peers;

[Message("$said")]
public readonly partial record struct /*PEER015*/Said/**/(string Text);

[Message]
file sealed partial record /*PEER015*/Hidden/**/(string Text);

public static class Uses
{
    public static void Send(Peer peer) => peer.Send(new Said(new Hidden("").Text));
}
