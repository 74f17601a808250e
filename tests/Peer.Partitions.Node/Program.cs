using Microsoft.Extensions.DependencyInjection.Extensions;
using Peers;
using Peers.Partitions.Node;

// One node of the cluster that the partition checker takes apart: --broker nats|redis --broker-port N --backplane:OPTION VALUE … --gap-delay MS.
var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
var settings = builder.Configuration;

var peers = builder.Services.AddPeers();
if (settings["broker"] == "nats") peers.UseNats(options => Configure(options).Url = $"nats://127.0.0.1:{settings["broker-port"]}");
else peers.UseRedis(options => Configure(options).Configuration = $"127.0.0.1:{settings["broker-port"]}");

var carrier = builder.Services.Last(service => service.ServiceType == typeof(IBackplane)).ImplementationFactory!;
var subscriptions = new SubscriptionLog();
builder.Services.AddSingleton(subscriptions);
builder.Services.AddSingleton(new GapDelay(TimeSpan.FromMilliseconds(settings.GetValue("gap-delay", 0))));
builder.Services.Replace(ServiceDescriptor.Singleton<IBackplane>(services => new ObservedBackplane((IBackplane)carrier(services), subscriptions)));

var app = builder.Build();
app.MapPeer<NodePeer>();

// The checker holds the other end of the input; a node does not outlive it.
_ = Task.Run(() =>
{
    Console.In.ReadToEnd();
    Environment.Exit(0);
});
app.Run();

T Configure<T>(T options) where T : BackplaneOptions
{
    settings.GetSection("backplane").Bind(options);
    return options;
}
