using System.Diagnostics;
using System.Globalization;
using Peers.TestKit;

namespace Peers.Bench.Processes;

/// <summary>A contender at work: one server, or three nodes with a broker between them. Disposing ends all of it.</summary>
internal sealed class Deployment : IDisposable
{
    private const int Nodes = 3;

    private readonly List<Server> _servers = [];
    private BrokerServer? _broker;

    /// <summary>Where the servers listen, on the loopback; what publishes connects to the first.</summary>
    public IReadOnlyList<int> Ports => [.. _servers.Select(server => server.Port)];

    /// <summary>Starts what a contender consists of, and returns when all of it listens.</summary>
    public static Deployment Start(Contender contender)
    {
        var deployment = new Deployment();
        try
        {
            deployment.StartAll(contender);
            return deployment;
        }
        catch
        {
            deployment.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var server in _servers) server.Dispose();
        _broker?.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private void StartAll(Contender contender)
    {
        string[] arguments = [];
        if (contender.Broker is BrokerKind.Nats)
        {
            var nats = NatsServer.StartAsync().GetAwaiter().GetResult();
            (_broker, arguments) = (nats, ["--nats", nats.Url]);
        }
        else if (contender.Broker is BrokerKind.Redis)
        {
            var redis = RedisServer.StartAsync().GetAwaiter().GetResult();
            (_broker, arguments) = (redis, ["--redis", redis.Endpoint]);
        }

        if (_broker is not null) Pin(_broker);
        for (var i = 0; i < (_broker is null ? 1 : Nodes); i++) _servers.Add(Server.Start(contender, arguments));
    }

    // All threads that it has, and by them those that it will have.
    private static void Pin(BrokerServer broker)
    {
        string[] arguments = ["-a", "-p", "-c", Invariant(Cores.Server), Invariant(broker.Id)];
        using var taskset = Process.Start(new ProcessStartInfo("taskset", arguments) { RedirectStandardOutput = true })!;
        taskset.StandardOutput.ReadToEnd();
        taskset.WaitForExit();
    }

    private static string Invariant(int number) => number.ToString(CultureInfo.InvariantCulture);
}
