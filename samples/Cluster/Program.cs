using Cluster;
using Peers;

// The page lies beside the program, wherever that is started from.
var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);

// One line more than on a single machine: --nats nats://… or --redis host:port.
var peers = builder.Services.AddPeers(builder.Configuration.GetSection("Peers"));
if (builder.Configuration["nats"] is { } nats) peers.UseNats(nats);
else if (builder.Configuration["redis"] is { } redis) peers.UseRedis(redis);

builder.Services.AddSingleton(new Node(builder.Configuration["node"] ?? Environment.MachineName));
builder.Services.AddSingleton<People>();
builder.Services.AddHostedService<Census>();

var app = builder.Build();
app.UseFileServer();
app.MapPeer<Table>();
app.MapGet("/alive", string () => "yes");
app.Run();
