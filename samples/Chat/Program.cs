using Chat;
using OpenTelemetry.Metrics;
using Peers;

// The page lies beside the program, wherever that is started from.
var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
builder.Services.AddPeers(builder.Configuration.GetSection("Peers"));
builder.Services.AddSingleton<Rooms>();
builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddMeter("Peers").AddPrometheusExporter());

var app = builder.Build();
app.UseFileServer();
app.MapPeer<ChatRoom>();
app.MapPrometheusScrapingEndpoint();
app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine($"The chat is at {app.Urls.First()}/"));
app.Run();
