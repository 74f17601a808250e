using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>An application with <c>AddPeers().UseRedis(…)</c>, from its start to its end.</summary>
public sealed class RedisApplicationTests : ApplicationSpecification<RedisBackplaneOptions>
{
    protected override string Nowhere => "127.0.0.1:1,user=ada,password=secret,connectRetry=1,connectTimeout=500";

    protected override (string Place, string Option) Told => ("Redis at 127.0.0.1:1 ", "RedisBackplaneOptions.Configuration");

    [Fact]
    public async Task The_clients_own_options_are_used()
    {
        await using var server = await RedisServer.StartAsync("--requirepass", "right");
        await using var app = Build(options =>
        {
            options.Configuration = server.Endpoint;
            options.Client = static client => client.Password = "right";
        });

        await app.StartAsync().InTime();

        Assert.True(app.Services.GetRequiredService<PeerHost>().IsClustered);
        await app.StopAsync();
    }

    protected override async Task<(BrokerServer Server, string Address)> StartServerAsync()
    {
        var server = await RedisServer.StartAsync();
        return (server, server.Endpoint);
    }

    protected override void SetAddress(RedisBackplaneOptions options, string address) => options.Configuration = address;

    protected override void Use(PeersBuilder peers, Action<RedisBackplaneOptions> configure) => peers.UseRedis(configure);
}
