using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>What one client sends, or one thread posts, does not keep a loop from its other peers.</summary>
public sealed class FairnessTests
{
    private const string OnLoop = """{"type":"place","thread":"Peer event loop 0","isPool":false}""";
    private const string Where = """{"type":"where"}""";

    // One read was handled to its end: with messages that are dear, every other peer of the loop waited for a quarter of a second.
    [Fact]
    public async Task A_burst_that_takes_long_goes_on_elsewhere_and_the_loop_serves_the_next_peer()
    {
        await using var app = await LoopApp.StartAsync(options => (options.Loops, options.BlockedHookThreshold) = (1, TimeSpan.FromMilliseconds(50)));
        await using var flooding = await app.ConnectAsync();
        await using var other = await app.ConnectAsync();

        // The clock is read at every sixteenth message, and a gate between two looks makes the burst late.
        await flooding.SendRawAsync(Frames([.. Wheres(16), Block("late"), .. Wheres(15), Block("rest"), .. Wheres(100)]));
        await app.Logs.FindAsync(204);
        await other.SendAsync(Where);
        Gates.Of("late").Set();

        Assert.Equal(OnLoop, await other.ReceiveTextAsync());
        await Gates.WhenReachedAsync("rest");
        Gates.Of("rest").Set();
        for (var i = 0; i < 31; i++) Assert.Equal(OnLoop, await flooding.ReceiveTextAsync());
        for (var i = 0; i < 100; i++) Assert.StartsWith("{\"type\":\"place\"", await flooding.ReceiveTextAsync(), StringComparison.Ordinal);
        await flooding.SendAsync(Where);
        Assert.Equal(OnLoop, await flooding.ReceiveTextAsync());
    }

    [Fact]
    public async Task A_peer_whose_client_is_gone_before_its_burst_is_handled_ends_all_the_same()
    {
        await using var app = await LoopApp.StartAsync(options => (options.Loops, options.BlockedHookThreshold) = (1, TimeSpan.FromMilliseconds(50)));
        await using var flooding = await app.ConnectAsync();
        await flooding.SendRawAsync(Frames([.. Wheres(16), Block("slow"), .. Wheres(15), Block("gone"), .. Wheres(100)]));
        await app.Logs.FindAsync(204);
        Gates.Of("slow").Set();
        await Gates.WhenReachedAsync("gone");
        flooding.Reset();
        Gates.Of("gone").Set();

        await app.Logs.UntilAsync(() => app.Host.Count(Worker.All) == 0);
    }

    // Posts ran until none was left: one that posted again kept the loop for itself.
    [Fact]
    public async Task Work_that_posts_more_work_leaves_the_loop_to_its_connections_in_between()
    {
        await using var app = await LoopApp.StartAsync(options => options.Loops = 1);
        await using var client = await app.ConnectAsync();
        var loop = app.Loops[0];
        var isOver = false;
        var ended = Patience.Signal();
        loop.Post(PostAgain, loop);
        await client.SendAsync(Where);

        Assert.Equal(OnLoop, await client.ReceiveTextAsync());
        Volatile.Write(ref isOver, true);
        await ended.Soon();

        void PostAgain(object state)
        {
            if (Volatile.Read(ref isOver)) ended.TrySetResult();
            else loop.Post(PostAgain, state);
        }
    }

    private static IEnumerable<string> Wheres(int count) => Enumerable.Repeat(Where, count);

    private static string Block(string gate) => $$"""{"type":"block","gate":"{{gate}}"}""";

    private static byte[] Frames(IEnumerable<string> texts) => [.. texts.SelectMany(text => RawFrame.Write(text))];
}
