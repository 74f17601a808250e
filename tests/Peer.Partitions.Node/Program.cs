using Microsoft.Extensions.DependencyInjection.Extensions;
using Peers;
using Peers.Partitions.Node;

// One node of the cluster that the partition checker takes apart: --broker nats|redis --broker-port N --heartbeat MS --linger MS.
var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
var settings = builder.Configuration;

var peers = builder.Services.AddPeers();
if (settings["broker"] == "nats") peers.UseNats(options => Configure(options).Url = $"nats://127.0.0.1:{settings["broker-port"]}");
else peers.UseRedis(options => Configure(options).Configuration = $"127.0.0.1:{settings["broker-port"]}");

var carrier = builder.Services.Last(service => service.ServiceType == typeof(IBackplane)).ImplementationFactory!;
var subscriptions = new SubscriptionLog();
builder.Services.AddSingleton(subscriptions);
builder.Services.Replace(ServiceDescriptor.Singleton<IBackplane>(services => new ObservedBackplane((IBackplane)carrier(services), subscriptions)));

var app = builder.Build();
app.MapPeer<NodePeer>();
app.Run();

T Configure<T>(T options) where T : BackplaneOptions
{
    options.NodeTimeout = TimeSpan.FromMilliseconds(500);
    options.HeartbeatInterval = TimeSpan.FromMilliseconds(settings.GetValue("heartbeat", 200));
    options.Linger = TimeSpan.FromMilliseconds(settings.GetValue("linger", 10_000));
    return options;
}
