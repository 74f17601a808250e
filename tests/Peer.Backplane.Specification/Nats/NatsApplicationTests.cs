using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>An application with <c>AddPeers().UseNats(…)</c>, from its start to its end.</summary>
public sealed class NatsApplicationTests : ApplicationSpecification<NatsBackplaneOptions>
{
    protected override string Nowhere => "nats://ada:secret@127.0.0.1:1";

    protected override (string Place, string Option) Told => ("NATS at nats://127.0.0.1:1 ", "NatsBackplaneOptions.Url");

    [Fact]
    public async Task A_wrong_password_is_told_as_such()
    {
        await using var server = await NatsServer.StartAsync("--user", "ada", "--pass", "right");
        var wrong = server.Url.Replace("://", "://ada:wrong@", StringComparison.Ordinal);
        await using var app = Build(options => options.Url = wrong);

        var exception = await Assert.ThrowsAsync<BackplaneException>(() => app.StartAsync().InTime());

        Assert.Contains("authoriz", exception.Message, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("wrong", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_clients_own_options_are_used()
    {
        await using var server = await NatsServer.StartAsync("--user", "ada", "--pass", "right");
        await using var app = Build(options =>
        {
            options.Url = server.Url;
            options.Client = static client => client with { AuthOpts = new() { Username = "ada", Password = "right" } };
        });

        await app.StartAsync().InTime();

        Assert.True(app.Services.GetRequiredService<PeerHost>().IsClustered);
        await app.StopAsync();
    }

    [Fact]
    public async Task A_server_that_takes_less_gets_messages_in_smaller_parts()
    {
        await using var broker = new NatsBroker(await NatsServer.StartAsync("-c", await SmallPayloadsAsync()));
        await using var cluster = await Cluster.StartAsync(broker, 2);
        var remote = await cluster.B.JoinAsync("room");
        var large = new byte[50_000];
        new Random(1).NextBytes(large);

        cluster.A.Host.PublishBinary("room", large);

        Assert.Equal(large, await remote.ReceiveBinaryAsync(Patience.Time));
        Assert.Equal(4096, cluster.A.Leash.MaxMessageBytes);
    }

    [Theory]
    [InlineData("", "peers", "Url")]
    [InlineData("nats://localhost", "a b", "Prefix")]
    public void What_cannot_work_is_named(string url, string prefix, string option)
    {
        var exception = Assert.ThrowsAny<ArgumentException>(() => new NatsBackplaneOptions { Url = url, Prefix = prefix }.Validate());

        Assert.Equal(option, exception.ParamName);
    }

    protected override async Task<(BrokerServer Server, string Address)> StartServerAsync()
    {
        var server = await NatsServer.StartAsync();
        return (server, server.Url);
    }

    protected override void SetAddress(NatsBackplaneOptions options, string address) => options.Url = address;

    protected override void Use(PeersBuilder peers, Action<NatsBackplaneOptions> configure) => peers.UseNats(configure);

    private static async Task<string> SmallPayloadsAsync()
    {
        var file = Path.Combine(AppContext.BaseDirectory, "small-payloads.conf");
        await File.WriteAllTextAsync(file, "max_payload: 4096\n");
        return file;
    }
}
