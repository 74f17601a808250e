using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>What only event loops do; everything else is tested by the suites that run over every transport.</summary>
public sealed class EventLoopTests
{
    private const string OnLoop = """{"type":"place","thread":"Peer event loop 0","isPool":false}""";

    [Fact]
    public async Task Hooks_run_on_the_thread_of_the_loop()
    {
        await using var app = await LoopApp.StartAsync(options => options.Loops = 1);
        await using var client = await app.ConnectAsync();
        await client.SendAsync("""{"type":"where"}""");

        Assert.Equal(OnLoop, await client.ReceiveTextAsync());
    }

    [Fact]
    public async Task Hooks_run_on_the_thread_pool_where_that_is_asked_for()
    {
        await using var app = await LoopApp.StartAsync(options => options.RunHooksOnThreadPool = true);
        await using var client = await app.ConnectAsync();

        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync("""{"type":"where"}""");
            Assert.Contains("\"isPool\":true", await client.ReceiveTextAsync(), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task So_do_the_open_hook_and_what_came_with_the_handshake(bool onPool)
    {
        await using var app = await LoopApp.StartAsync(options => (options.Loops, options.RunHooksOnThreadPool) = (1, onPool));
        await using var client = await RawClient.DialAsync(app.Port);
        byte[] frames = [.. RawFrame.Write("{\"type\":\"whereOpened\"}"), .. RawFrame.Write("{\"type\":\"where\"}")];
        await client.SendRawAsync((byte[])[.. Encoding.ASCII.GetBytes(RawClient.UpgradeRequest("/worker")), .. frames]);

        Assert.Equal(101, (await client.ReceiveAnswerAsync()).Status);
        var expected = onPool ? "\"isPool\":true" : "\"isPool\":false";
        Assert.Contains(expected, await client.ReceiveTextAsync(), StringComparison.Ordinal);
        Assert.Contains(expected, await client.ReceiveTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_listener_of_metrics_that_publishes_mixes_nothing_up()
    {
        await using var app = await LoopApp.StartAsync(options => options.Loops = 1);
        await using var feed = await app.ConnectAsync();
        await using var dash = await app.ConnectAsync();
        await feed.SendAsync("{\"type\":\"listen\",\"channel\":\"feed\"}");
        await dash.SendAsync("{\"type\":\"listen\",\"channel\":\"dash\"}");
        await SayAsync(feed);
        await SayAsync(dash);
        using var listener = Dashboard.Listen(app.Host, "dash", "dashboard");
        var texts = Enumerable.Range(0, 8000).Select(number => number.ToString("D8", CultureInfo.InvariantCulture) + new string('x', 2000)).ToArray();

        // The socket is full soon: the rest leaves when the client reads, in flushes that the loop goes on with.
        foreach (var text in texts) app.Host.Publish("feed", text);
        foreach (var text in texts) Assert.Equal(text, await feed.ReceiveTextAsync());
        listener.Dispose();
        await dash.SendAsync("{\"type\":\"where\"}");
        string heard;
        var count = 0;
        for (; (heard = await dash.ReceiveTextAsync()) != OnLoop; count++) Assert.Equal("dashboard", heard);
        Assert.InRange(count, 100, int.MaxValue);
    }

    [Fact]
    public async Task A_hook_that_blocks_is_named_in_the_log_once()
    {
        await using var app = await LoopApp.StartAsync(options => (options.Loops, options.BlockedHookThreshold) = (1, TimeSpan.FromMilliseconds(50)));
        await using var client = await app.ConnectAsync();
        await client.SendAsync("""{"type":"block","gate":"watched"}""");
        var line = await app.Logs.FindAsync(204);
        Gates.Of("watched").Set();
        await client.SendAsync("""{"type":"where"}""");

        Assert.Equal(OnLoop, await client.ReceiveTextAsync());
        Assert.Matches(@"^A hook of .+ \(Text\) has held an event loop up for [\d,]+ ms, and with it every peer of that loop\. Await what takes long, or set PeerEventLoopOptions\.RunHooksOnThreadPool\.$", line.Text);
        Assert.Single(app.Logs.Lines, one => one.EventId == 204);
    }

    [Fact]
    public async Task A_logger_that_throws_when_a_hook_is_named_ends_nothing()
    {
        using var logger = new ThrowingLogger(eventId: 204);
        await using var app = await LoopApp.StartAsync(options => (options.Loops, options.BlockedHookThreshold) = (1, TimeSpan.FromMilliseconds(50)), logger: logger);
        await using var client = await app.ConnectAsync();
        await client.SendAsync("""{"type":"block","gate":"loud"}""");
        await logger.Thrown.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Gates.Of("loud").Set();
        await client.SendAsync("""{"type":"where"}""");

        Assert.Equal(OnLoop, await client.ReceiveTextAsync());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(TimeSpan.TicksPerDay * 24)]
    public async Task The_shortest_threshold_and_the_longest_serve_peers(long ticks)
    {
        await using var app = await LoopApp.StartAsync(options => (options.Loops, options.BlockedHookThreshold) = (1, new TimeSpan(ticks)));
        await using var client = await app.ConnectAsync();
        await client.SendAsync("""{"type":"where"}""");

        Assert.Equal(OnLoop, await client.ReceiveTextAsync());
    }

    [Fact]
    public async Task A_threshold_that_is_too_long_is_refused_at_the_start()
    {
        var thrown = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => LoopApp.StartAsync(options => options.BlockedHookThreshold = TimeSpan.MaxValue));

        Assert.StartsWith("PeerEventLoopOptions.BlockedHookThreshold must be positive and at most 24 days, or Timeout.InfiniteTimeSpan.", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task On_the_thread_pool_a_hook_that_blocks_delays_no_other_peer()
    {
        await using var app = await LoopApp.StartAsync(options => (options.Loops, options.RunHooksOnThreadPool) = (1, true));
        await using var blocked = await app.ConnectAsync();
        await using var other = await app.ConnectAsync();
        await blocked.SendAsync("""{"type":"block","gate":"aside"}""");
        await blocked.SendAsync("""{"type":"where"}""");
        await other.SendAsync("""{"type":"where"}""");

        Assert.StartsWith("{\"type\":\"place\"", await other.ReceiveTextAsync(), StringComparison.Ordinal);
        Gates.Of("aside").Set();
        Assert.StartsWith("{\"type\":\"place\"", await blocked.ReceiveTextAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everyone_on_every_loop_hears_all_in_one_order()
    {
        await using var app = await LoopApp.StartAsync(options => options.Loops = 4);
        var clients = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => app.ConnectAsync()));
        await app.Logs.UntilAsync(() => app.Host.Count(Worker.All) == clients.Length);
        Task[] sending = [.. clients.Select((client, index) => TellAsync(client, from: index * 100, count: 100))];
        var heard = await Task.WhenAll(clients.Select(client => ReceiveAsync(client, clients.Length * 100)));
        await Task.WhenAll(sending);

        Assert.Equal(Enumerable.Range(0, 1200).Select(number => $$"""{"type":"news","number":{{number}}}""").Order(StringComparer.Ordinal), heard[0].Order(StringComparer.Ordinal));
        Assert.All(heard, one => Assert.Equal(heard[0], one));
        foreach (var client in clients) await client.DisposeAsync();
    }

    [Fact]
    public async Task It_listens_on_a_unix_socket_and_spreads_what_comes_over_the_loops()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        await using var app = await LoopApp.StartAsync(options => options.Loops = 2, kestrel => kestrel.ListenUnixSocket(path));
        await using var first = await RawClient.ConnectAsync(new UnixDomainSocketEndPoint(path), "/worker");
        await using var second = await RawClient.ConnectAsync(new UnixDomainSocketEndPoint(path), "/worker");
        await first.SendAsync("""{"type":"where"}""");
        await second.SendAsync("""{"type":"where"}""");

        string[] places = [await first.ReceiveTextAsync(), await second.ReceiveTextAsync()];
        Assert.Equal([OnLoop, OnLoop.Replace("loop 0", "loop 1", StringComparison.Ordinal)], places.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("::1", "::1")]
    [InlineData("::", "127.0.0.1")]
    [InlineData("0.0.0.0", "127.0.0.1")]
    public async Task A_peer_has_the_address_of_its_client(string listen, string connect)
    {
        await using var app = await LoopApp.StartAsync(listen: kestrel => kestrel.Listen(IPAddress.Parse(listen), 0));
        await using var client = await RawClient.ConnectAsync(new IPEndPoint(IPAddress.Parse(connect), app.Port), "/worker");
        await client.SendAsync("""{"type":"whoAmI"}""");

        Assert.Equal($$"""{"type":"address","text":"{{client.LocalEndPoint}}"}""", (await client.ReceiveTextAsync()).Replace("::ffff:", "", StringComparison.Ordinal).Replace("[127.0.0.1]", "127.0.0.1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_connection_more_than_MaxConnections_is_closed_at_once_until_one_leaves()
    {
        await using var app = await LoopApp.StartAsync(options => options.MaxConnections = 1);
        await using var first = await app.ConnectAsync();
        await using var second = await RawClient.DialAsync(app.Port);

        Assert.Contains("MaxConnections (1 connections)", (await app.Logs.FindAsync(203)).Text, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<Exception>(() => second.RequestAsync(RawClient.UpgradeRequest("/worker")));
        await first.SendAsync("""{"type":"where"}""");
        Assert.StartsWith("{\"type\":\"place\"", await first.ReceiveTextAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_port_that_is_in_use_is_refused_although_loops_share_theirs(int loops)
    {
        await using var app = await LoopApp.StartAsync(options => options.Loops = loops);

        var refused = await Assert.ThrowsAsync<IOException>(() => LoopApp.StartAsync(options => options.Loops = loops, kestrel => kestrel.Listen(IPAddress.Loopback, app.Port)));
        Assert.IsType<AddressInUseException>(refused.InnerException);
    }

    [Fact]
    public async Task A_value_that_cannot_work_fails_the_start_and_is_named()
    {
        var refused = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => LoopApp.StartAsync(options => options.Loops = 0));

        Assert.StartsWith("PeerEventLoopOptions.Loops must be at least 1.", refused.Message, StringComparison.Ordinal);
    }

    private static async Task SayAsync(RawClient client)
    {
        await client.SendAsync("{\"type\":\"where\"}");
        Assert.Equal(OnLoop, await client.ReceiveTextAsync());
    }

    private static async Task TellAsync(RawClient client, int from, int count)
    {
        for (var number = from; number < from + count; number++) await client.SendAsync($$"""{"type":"tell","number":{{number}}}""");
    }

    private static async Task<List<string>> ReceiveAsync(RawClient client, int count)
    {
        var heard = new List<string>();
        for (var i = 0; i < count; i++) heard.Add(await client.ReceiveTextAsync());
        return heard;
    }
}
