namespace Peers.Bench.Servers;

/// <summary>A server that is connected to the broker of its cluster, where the command line names one.</summary>
internal static class ClusterNode
{
    public static Func<WebApplicationBuilder, WebApplication> Of(string kind, Arguments arguments)
    {
        var build = ServerKinds.Of(kind);
        return builder =>
        {
            Connect(builder.Services, kind, arguments.Text("--nats", ""), arguments.Text("--redis", ""));
            return build(builder);
        };
    }

    private static void Connect(IServiceCollection services, string kind, string nats, string redis)
    {
        if (nats.Length > 0) services.AddPeers().UseNats(nats);
        if (redis.Length == 0) return;
        if (kind == "peer") services.AddPeers().UseRedis(redis);
        else services.AddSignalR().AddStackExchangeRedis(redis);
    }
}
