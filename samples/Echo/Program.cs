using Peers;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Services.AddPeers();

var app = builder.Build();
app.MapPeer<Echo>("/");
app.Run();

internal sealed partial class Echo
{
    [OnMessage]
    private static void Answer(Peer peer, Message message)
    {
        if (message.Kind is MessageKind.Text) peer.SendUtf8(message.Payload.Span);
        else peer.SendBinary(message.Payload.Span);
    }
}
