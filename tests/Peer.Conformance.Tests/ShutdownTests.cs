using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>An application that stops, over every link: RFC 6455 §7.4.1 and the registry's 1012.</summary>
public sealed class ShutdownTests
{
    private const int Clients = 20;

    private readonly Crowd _crowd = new();

    public static TheoryData<Link> EveryLink { get; } = [.. Links.All];

    [Theory]
    [MemberData(nameof(EveryLink))]
    public async Task Everyone_is_told_1012_every_close_hook_runs_and_the_application_stops(Link link)
    {
        await using var app = await StartAsync(link);
        using var http = Links.CreateHttp();
        var clients = new List<RawClient>();
        for (var i = 0; i < Clients; i++) clients.Add(await link.ConnectAsync(http, app.Port, "/member"));
        await app.Logs.FindAsync(1, ordinal: Clients);
        var stopping = app.StopAsync();

        foreach (var client in clients)
        {
            // Over HTTP/2 the server below waits for clients that leave their half of a stream open.
            Assert.Equal(1012, await client.ReceiveCloseAsync());
            await client.DisposeAsync();
        }

        await stopping.Soon();
        Assert.Equal((Clients, Clients, 0), (_crowd.Opened, _crowd.Closed, app.Host.PeerCount));
        Assert.DoesNotContain(app.Logs.Lines, line => line.Level >= LogLevel.Warning && line.Category == "Peers");
    }

    [Theory]
    [MemberData(nameof(EveryLink))]
    public async Task Whoever_does_not_answer_is_cut_and_its_close_hook_runs_too(Link link)
    {
        await using var app = await StartAsync(link, options => options.ShutdownTimeout = TimeSpan.FromMilliseconds(200));
        using var http = Links.CreateHttp();
        var polite = await link.ConnectAsync(http, app.Port, "/member");
        var mute = await link.ConnectAsync(http, app.Port, "/member");
        await app.Logs.FindAsync(1, ordinal: 2);
        var stopping = app.StopAsync();

        Assert.Equal(1012, await polite.ReceiveCloseAsync());
        Assert.Equal(1012, (await mute.ReceiveAsync(RawOpcode.Close)).CloseCode);
        await app.Logs.FindAsync(2, ordinal: 2);
        await polite.DisposeAsync();
        await mute.DisposeAsync();
        await stopping.Soon();
        Assert.Equal((2, 0), (_crowd.Closed, app.Host.PeerCount));
    }

    private Task<TestApp> StartAsync(Link link, Action<PeerOptions>? options = null) => TestApp.StartAsync(
        app => app.MapPeer<Member>(),
        options,
        builder => builder.Services.AddSingleton(_crowd),
        link.Protocols(),
        link.IsEncrypted());
}
