using Microsoft.AspNetCore.Builder;
using NATS.Client.Core;

namespace Peers.Tests;

/// <summary>What docs/cluster.md shows.</summary>
internal static class Examples
{
    public static void Add(WebApplicationBuilder builder)
    {
        builder.Services.AddPeers().UseNats(options =>
        {
            options.Url = "nats://10.0.0.1:4222,nats://10.0.0.2:4222";
            options.Prefix = "chat";
        });
    }

    public static void AddSecured(WebApplicationBuilder builder)
    {
        builder.Services.AddPeers().UseNats(options =>
        {
            options.Url = "tls://nats.example.com:4222";
            options.Client = client => client with
            {
                AuthOpts = new NatsAuthOpts { CredsFile = "/run/secrets/nats.creds" },
                TlsOpts = new NatsTlsOpts { CaFile = "/etc/ssl/nats-ca.pem" },
            };
        });
        builder.Services.AddHealthChecks().AddPeerBackplane();
    }

    public static void AddRedis(WebApplicationBuilder builder)
    {
        builder.Services.AddPeers().UseRedis(options =>
        {
            options.Configuration = "redis.example.com:6380,ssl=true,user=chat";
            options.Client = client => client.Password = File.ReadAllText("/run/secrets/redis");
            options.Prefix = "chat";
        });
    }
}

[PeerHandler("/prices")]
internal sealed partial class Prices
{
    [OnGap]
    private static void Missed(Peer peer, ChannelGap gap) => peer.Send(new Reload(gap.Channel));
}

[Message]
internal readonly partial record struct Reload(string Channel);
