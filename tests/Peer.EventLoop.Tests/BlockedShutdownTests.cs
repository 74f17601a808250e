using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>A server that stops while a hook blocks one of its loops.</summary>
public sealed class BlockedShutdownTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_hook_that_blocks_for_ever_does_not_keep_the_server_from_stopping_and_is_named(int loops)
    {
        // Unbinding waited for the loop whatever its token said, and disposing joined the loop's thread without a limit.
        var gate = $"shutdown of {loops}";
        var app = await StartAsync(loops);
        await using var blocked = await app.ConnectAsync();
        await using var other = await app.ConnectAsync();
        await blocked.SendAsync($$"""{"type":"block","gate":"{{gate}}"}""");
        await Gates.WhenReachedAsync(gate);

        await app.StopAsync().Soon();
        await app.DisposeAsync().AsTask().Soon();
        Assert.Matches(@"^Event loop \d did not stop in time, so the server goes on without it\. It is held up by Peer .+ \(Text\)\.", Assert.Single(app.Logs.Lines, line => line.EventId == 205).Text);
        await Assert.ThrowsAnyAsync<SocketException>(() => RawClient.DialAsync(app.Port));
        Assert.Equal(1012, (await blocked.ReceiveAsync(RawOpcode.Close)).CloseCode);
        Gates.Of(gate).Set();
        await blocked.ReceiveNothingMoreAsync();
    }

    [Fact]
    public async Task Without_a_server_a_listener_and_its_loops_end_in_time_too()
    {
        var (loop, app) = (Patience.Signal(), await StartAsync(loops: 1));
        using var gate = new ManualResetEventSlim();
        app.Loops[0].Post(_ =>
        {
            loop.SetResult();
            gate.Wait(TestContext.Current.CancellationToken);
        }, this);
        await loop.Soon();

        await app.DisposeAsync().AsTask().Soon();
        Assert.Contains("held up by no peer (no hook)", (await app.Logs.FindAsync(205)).Text, StringComparison.Ordinal);
        gate.Set();
    }

    private static Task<LoopApp> StartAsync(int loops) => LoopApp.StartAsync(
        options => options.Loops = loops,
        configure: services =>
        {
            services.Configure<PeerOptions>(options => options.ShutdownTimeout = TimeSpan.FromMilliseconds(100));
            services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromMilliseconds(500));
        });
}
