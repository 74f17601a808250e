using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>What a message costs in system calls, counted by the loop itself: nearly all of what a small echo costs is the kernel's.</summary>
public sealed class SystemCallTests
{
    private const int Clients = 50;
    private const int Rounds = 10;

    [Fact]
    public async Task A_message_costs_one_recv_and_one_send_and_a_tenth_of_an_epoll_wait()
    {
        await using var app = await LoopApp.StartAsync(options => options.Loops = 1);
        await using var blocker = await app.ConnectAsync();
        var clients = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => app.ConnectAsync()));
        await RoundAsync(blocker, clients, "round 0");
        var calls = app.Calls[0];
        var before = (calls.Receives, calls.Sends, calls.Waits);
        for (var round = 1; round <= Rounds; round++) await RoundAsync(blocker, clients, $"round {round}");

        const int Messages = Rounds * Clients;
        Assert.Equal(Messages + Rounds, calls.Receives - before.Receives);
        Assert.Equal(Messages, calls.Sends - before.Sends);
        Assert.InRange(calls.Waits - before.Waits, 1, Messages / 10);
        foreach (var client in clients) await client.DisposeAsync();
    }

    // All fifty messages are there when the loop looks: it is held up while they come, as it would be by those before them.
    private static async Task RoundAsync(RawClient blocker, RawClient[] clients, string gate)
    {
        await blocker.SendAsync($$"""{"type":"block","gate":"{{gate}}"}""");
        await Gates.WhenReachedAsync(gate);
        foreach (var client in clients) await client.SendAsync("""{"type":"where"}""");
        Gates.Of(gate).Set();
        foreach (var client in clients) await client.ReceiveTextAsync();
    }
}
