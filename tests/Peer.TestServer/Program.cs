using Peers;
using Peers.Tests.Kit;
using Peers.TestServer;

// A server in a process of its own, so that what a test's client allocates is not counted.
var builder = WebApplication.CreateSlimBuilder(args);
builder.WebHost.UseTestTransport();
builder.Services.AddPeers();
var app = builder.Build();
app.MapPeer<RawEcho>();
app.MapPeer<TypedEcho>();
app.MapPeer<SuspendingEcho>();
app.MapPeer<StringEcho>();
app.MapPeer<Publisher>();
app.MapPeer<Subscriber>();
app.MapPeer<Meter>();
app.Run();
