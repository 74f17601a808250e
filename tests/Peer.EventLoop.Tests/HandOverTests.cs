using System.Globalization;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>Who sends what is published to peers of several loops: the publisher to a few, each loop to its own where they are many.</summary>
public sealed class HandOverTests
{
    private const int Many = 64;
    private const int Few = 8;
    private const int Rounds = 50;

    [Fact]
    public async Task Each_loop_sends_to_its_own_peers_what_a_thread_of_the_pool_publishes_to_many()
    {
        // One thread used to do all the sending, and the loops waited.
        await using var app = await LoopApp.StartAsync(options => options.Loops = 2);
        await using var crowd = await Crowd.ConnectAsync(app, Many);
        var sent = await SendsOfAsync(app, crowd, Publish);

        // A loop that the system did not let run for a while counts as held up, and is helped out.
        Assert.Equal(Many * Rounds, sent.ByLoops.Sum() + sent.Elsewhere);
        Assert.All(sent.ByLoops, static byLoop => Assert.InRange(byLoop, Rounds, Many * Rounds));
        Assert.InRange(sent.Elsewhere, 0, Many * Rounds / 4);
    }

    [Fact]
    public async Task Each_loop_sends_to_its_own_peers_what_one_of_them_publishes_to_many()
    {
        await using var app = await LoopApp.StartAsync(options => options.Loops = 2);
        await using var crowd = await Crowd.ConnectAsync(app, Many);
        var sent = await SendsOfAsync(app, crowd, (_, number) => crowd.Clients[0].SendAsync(Tell(number)));

        Assert.Equal(Many * Rounds, sent.ByLoops.Sum() + sent.Elsewhere);
        Assert.All(sent.ByLoops, static byLoop => Assert.InRange(byLoop, Rounds, Many * Rounds));
        Assert.InRange(sent.Elsewhere, 0, Many * Rounds / 4);
    }

    [Theory]
    [InlineData(2, Few, false)]
    [InlineData(1, Many, false)]
    [InlineData(2, Many, true)]
    public async Task The_publisher_sends_by_itself_to_few_and_where_there_is_one_loop_or_hooks_run_elsewhere(int loops, int peers, bool onPool)
    {
        await using var app = await LoopApp.StartAsync(options => (options.Loops, options.RunHooksOnThreadPool) = (loops, onPool));
        await using var crowd = await Crowd.ConnectAsync(app, peers);
        var sent = await SendsOfAsync(app, crowd, Publish);

        Assert.Equal(peers * Rounds, sent.Elsewhere);
    }

    [Fact]
    public async Task Everyone_hears_all_in_one_order_whoever_publishes_on_whichever_thread()
    {
        const int Publishers = 12;
        const int Each = 100;
        await using var app = await LoopApp.StartAsync(options => options.Loops = 4);
        await using var crowd = await Crowd.ConnectAsync(app, Many);
        Task[] publishing =
        [
            .. Enumerable.Range(0, Publishers / 2).Select(one => TellAsync(crowd.Clients[one], one * 1000, Each)),
            .. Enumerable.Range(Publishers / 2, Publishers / 2).Select(one => Task.Factory.StartNew(() => PublishAll(app, one * 1000, Each), TaskCreationOptions.LongRunning)),
        ];
        var heard = await crowd.HearAsync(Publishers * Each);
        await Task.WhenAll(publishing);

        Assert.All(heard, one => Assert.Equal(heard[0], one));
        Assert.All(Enumerable.Range(0, Publishers), one => Assert.Equal(Enumerable.Range(one * 1000, Each), heard[0].Where(number => number / 1000 == one)));
    }

    [Fact]
    public async Task What_was_published_before_the_shutdown_reaches_everyone_before_the_close_frame()
    {
        const int Each = 500;
        await using var app = await LoopApp.StartAsync(options => options.Loops = 4);
        await using var crowd = await Crowd.ConnectAsync(app, Many);
        await Task.Factory.StartNew(() => PublishAll(app, 0, Each), TaskCreationOptions.LongRunning);
        var stopping = app.StopAsync();
        var heard = await crowd.HearAsync(Each);

        Assert.All(heard, static one => Assert.Equal(Enumerable.Range(0, Each), one));
        Assert.All(await Task.WhenAll(crowd.Clients.Select(client => client.ReceiveCloseAsync())), static code => Assert.Equal(1012, code));
        await stopping;
    }

    [Fact]
    public async Task Peers_of_a_loop_that_a_hook_blocks_hear_what_others_publish()
    {
        await using var app = await LoopApp.StartAsync(options => (options.Loops, options.BlockedHookThreshold) = (2, Timeout.InfiniteTimeSpan));
        await using var crowd = await Crowd.ConnectAsync(app, Many);
        await crowd.Clients[0].SendAsync("""{"type":"block","gate":"held up"}""");
        await Gates.WhenReachedAsync("held up");

        try
        {
            // The first is handed over before anybody can know that the hook blocks, or not; those after that are not.
            for (var number = 0; number < 100; number++)
            {
                await Publish(app, number);
                Assert.All(await crowd.HearAsync(1), one => Assert.Equal([number], one));
            }

            Assert.Contains(app.Loops, static loop => loop.IsHeldUp);
        }
        finally
        {
            Gates.Of("held up").Set();
        }
    }

    private static async Task<(long[] ByLoops, long Elsewhere)> SendsOfAsync(LoopApp app, Crowd crowd, Func<LoopApp, int, Task> publish)
    {
        var before = app.Calls.Select(static calls => (calls.Sends, calls.SendsElsewhere)).ToArray();
        for (var number = 0; number < Rounds; number++)
        {
            await publish(app, number);
            await crowd.HearAsync(1);
        }

        return ([.. app.Calls.Select((calls, loop) => calls.Sends - before[loop].Sends)], app.Calls.Select((calls, loop) => calls.SendsElsewhere - before[loop].SendsElsewhere).Sum());
    }

    private static Task Publish(LoopApp app, int number) => Task.Run(() => app.Host.Publish(Worker.All, new News(number)));

    private static void PublishAll(LoopApp app, int from, int count)
    {
        for (var number = from; number < from + count; number++) app.Host.Publish(Worker.All, new News(number));
    }

    private static async Task TellAsync(RawClient client, int from, int count)
    {
        for (var number = from; number < from + count; number++) await client.SendAsync(Tell(number));
    }

    private static string Tell(int number) => string.Create(CultureInfo.InvariantCulture, $$"""{"type":"tell","number":{{number}}}""");

    /// <summary>Clients that are all in one channel.</summary>
    private sealed class Crowd(RawClient[] clients) : IAsyncDisposable
    {
        public RawClient[] Clients => clients;

        public static async Task<Crowd> ConnectAsync(LoopApp app, int count)
        {
            var clients = await Task.WhenAll(Enumerable.Range(0, count).Select(_ => app.ConnectAsync()));
            await app.Logs.UntilAsync(() => app.Host.Count(Worker.All) == count);
            return new(clients);
        }

        /// <summary>What each of them hears next.</summary>
        public Task<int[][]> HearAsync(int count) => Task.WhenAll(clients.Select(client => HearAsync(client, count)));

        public async ValueTask DisposeAsync()
        {
            foreach (var client in clients) await client.DisposeAsync();
        }

        private static async Task<int[]> HearAsync(RawClient client, int count)
        {
            var heard = new int[count];
            for (var i = 0; i < count; i++) heard[i] = NumberIn(await client.ReceiveTextAsync());
            return heard;
        }

        // {"type":"news","number":7}
        private static int NumberIn(string news) => int.Parse(news.AsSpan(24..^1), CultureInfo.InvariantCulture);
    }
}
