using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>Everything at once, from many threads, while connections come and go. Alone: it leaves the other tests no processor.</summary>
[Collection(nameof(ConcurrencyTests)), CollectionDefinition(nameof(ConcurrencyTests), DisableParallelization = true)]
public sealed class ConcurrencyTests
{
    private const int Threads = 6;
    private const int Clients = 400;
    private const int AtOnce = 20;

    private readonly Crowd _crowd = new();

    // Guarded by _order, which makes the numbers and the order of the calls one.
    private readonly Lock _order = new();
    private int _published;

    [Theory]
    [InlineData(HttpProtocols.Http1, false)]
    [InlineData(HttpProtocols.Http1, true)]
    [InlineData(HttpProtocols.Http2, false)]
    public async Task Whatever_threads_do_to_peers_frames_stay_whole_hooks_run_once_and_nothing_remains(HttpProtocols protocol, bool tls)
    {
        await using var app = await StartAsync(protocol, tls);
        using var http = new HttpMessageInvoker(new SocketsHttpHandler());
        await using var witness = await ConnectAsync(app, http, "/witness", protocol, tls);
        Assert.Equal("ready", await witness.ReceiveTextAsync());
        using var end = new CancellationTokenSource();
        var storm = Enumerable.Range(0, Threads).Select(seed => OnItsOwnThread(() => Disturb(app.Host, new Random(seed), end.Token))).ToArray();
        var news = Task.Run(() => ReadNewsAsync(witness, Clients * 10));

        await Parallel.ForAsync(0, Clients, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, _) =>
        {
            for (var number = i * 10; number < (i * 10) + 10; number++) PublishNext(app.Host);
            await LiveAsync(() => ConnectAsync(app, http, "/member", protocol, tls), new Random(i));
        });
        await end.CancelAsync();
        await Task.WhenAll(storm).Soon();
        await news.Soon();
        await app.Logs.UntilAsync(() => app.Host.PeerCount == 1);

        Assert.Equal(_crowd.Opened, _crowd.Closed);
        Assert.Equal(0, _crowd.Overlaps);
        Assert.Empty(_crowd.Members);
        Assert.Equal((0, 0, 0, 0, 0), (app.Host.Count("all"), app.Host.Count("room 0"), app.Host.Count("room 1"), app.Host.Count("room 2"), app.Host.Count("room 3")));
        Assert.DoesNotContain(app.Logs.Lines, line => line.Level >= LogLevel.Error);
    }

    [Fact]
    public async Task Many_threads_may_end_one_peer_in_every_way_and_its_close_hook_runs_once()
    {
        await using var app = await StartAsync(HttpProtocols.Http1, tls: false);
        for (var round = 0; round < 50; round++)
        {
            await using var client = await app.ConnectAsync("/member");
            await client.SendAsync("here");
            Assert.Equal("here", await client.ReceiveTextAsync());
            var peer = Assert.Single(_crowd.Members);
            Action[] ways =
            [
                () => peer.Close(), () => peer.Close(CloseCode.GoingAway, "bye"), peer.Terminate, () => peer.Send("late"), client.Reset,
                () => peer.Subscribe("late"), () => _ = app.Host.CloseAllAsync(), () => peer.Ping(),
            ];
            Parallel.ForEach(ways, way => way());
            await app.Logs.UntilAsync(() => app.Host.PeerCount == 0);

            Assert.Equal((round + 1, round + 1), (_crowd.Opened, _crowd.Closed));
            Assert.Equal(SendStatus.Closed, peer.Send("too late"));
            Assert.Empty(peer.Channels);
            Assert.Equal((0, 0), (app.Host.Count("all"), app.Host.Count("late")));
        }
    }

    [Fact]
    public async Task Every_thread_that_sends_to_one_peer_has_its_own_order_kept_over_sends_and_publishes()
    {
        await using var app = await StartAsync(HttpProtocols.Http1, tls: false);
        await using var client = await app.ConnectAsync("/member");
        await client.SendAsync("here");
        Assert.Equal("here", await client.ReceiveTextAsync());
        var peer = Assert.Single(_crowd.Members);
        var sending = Enumerable.Range(0, Threads).Select(thread => OnItsOwnThread(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                if (i % 3 == 0) app.Host.Publish("all", $"{thread} {i}");
                else Assert.NotEqual(SendStatus.Dropped, peer.Send($"{thread} {i}"));
            }
        })).ToArray();

        var next = new int[Threads];
        for (var i = 0; i < Threads * 1000; i++)
        {
            var words = (await client.ReceiveTextAsync()).Split(' ');
            Assert.Equal(next[int.Parse(words[0])]++, int.Parse(words[1]));
        }

        await Task.WhenAll(sending).Soon();
    }

    // Threads that never rest would take those of the pool from the server and from the clients.
    private static Task OnItsOwnThread(Action work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void PublishNext(PeerHost host)
    {
        lock (_order) host.Publish("news", $"{_published++}");
    }

    private static async Task ReadNewsAsync(RawClient witness, int count)
    {
        for (var i = 0; i < count; i++) Assert.Equal($"{i}", await witness.ReceiveTextAsync());
    }

    private void Disturb(PeerHost host, Random random, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            host.Publish("all", "to all");
            foreach (var peer in _crowd.Members) DoSomething(host, peer, random);
            Thread.Yield();
        }
    }

    private static void DoSomething(PeerHost host, Peer peer, Random random)
    {
        var room = $"room {random.Next(4)}";
        switch (random.Next(40))
        {
            case < 8:
                peer.Send("sent");
                break;
            case < 14:
                peer.Subscribe(room);
                break;
            case < 20:
                peer.Unsubscribe(room);
                break;
            case < 26:
                peer.Publish(room, "published");
                break;
            case < 30:
                peer.Ping("ping"u8);
                break;
            case < 33:
                Assert.NotEmpty(peer.ToString());
                Assert.True(peer.BufferedBytes >= 0);
                Assert.True(peer.Channels.Count <= 5);
                break;
            case < 36:
                _ = peer.WaitForDrainAsync();
                break;
            case 36:
                peer.Close((CloseCode)4000, "enough");
                break;
            case 37:
                peer.Terminate();
                break;
            default:
                Assert.InRange(host.Count(room), 0, Clients);
                break;
        }
    }

    // Says a few things, reads what comes, and leaves in one of several ways unless it is thrown out before.
    private static async Task LiveAsync(Func<Task<RawClient>> connect, Random random)
    {
        try
        {
            await using var client = await connect();
            for (var i = 0; i < 3; i++) await client.SendAsync($"line {i}");
            for (var i = random.Next(30); i > 0; i--)
            {
                var frame = await client.ReceiveFrameAsync();
                Assert.True(frame is { Fin: true, Rsv: 0 });
                if (frame.Opcode == RawOpcode.Close) return;
                if (frame.Opcode == RawOpcode.Ping) Assert.Equal("ping", frame.Text);
                else Assert.Matches("^(line [012]|to all|sent|published)$", frame.Text);
            }

            if (random.Next(2) == 0) await client.SendCloseAsync(1001);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            // It was thrown out, perhaps before it had read that it was let in.
        }
    }

    private Task<TestApp> StartAsync(HttpProtocols protocol, bool tls) => TestApp.StartAsync(
        app =>
        {
            app.MapPeer<Member>();
            app.MapPeer<Witness>();
        },
        options => options.CloseTimeout = TimeSpan.FromSeconds(1),
        builder => builder.Services.AddSingleton(_crowd),
        protocol,
        tls);

    private static Task<RawClient> ConnectAsync(TestApp app, HttpMessageInvoker http, string path, HttpProtocols protocol, bool tls) =>
        protocol == HttpProtocols.Http2 ? RawClient.ConnectHttp2Async(http, app.Port, path, tls) : app.ConnectAsync(path);
}
