using Peers.TestKit;

namespace Peers.Soak;

/// <summary>Connections that open, join, and are dropped in every way there is: nothing is left of them.</summary>
internal static class Churn
{
    private const int Batch = 200;
    private const int Rooms = 50;

    // What pools and the heap may differ by, whatever the number of connections.
    private const long AllowedGrowth = 2 << 20;

    private static readonly Func<RawClient, Task>[] s_ends =
    [
        client => SayLastAsync(client, RawFrame.Write(RawOpcode.Close, RawFrame.ClosePayload(1000))),
        client => client.SendCloseAsync(1001),
        _ => Task.CompletedTask,
        client => Do(client.Reset),
        client => Do(client.HalfClose),
        client => client.SendRawAsync(new byte[] { 0x82, 0xFE, 0x01 }),
        client => client.SendRawAsync(RawFrame.Write(RawOpcode.Binary, new byte[1000]).AsMemory(0, 500)),
        client => client.SendFrameAsync(RawOpcode.Text, "half"u8.ToArray(), fin: false),
        client => SayLastAsync(client, RawFrame.Write(RawOpcode.Text, "x"u8, rsv: 4)),
        client => SayLastAsync(client, RawFrame.Write(RawOpcode.Text, [0xFF])),
        client => SayLastAsync(client, RawFrame.Write(RawOpcode.Binary, new byte[70_000])),
        client => SayLastAsync(client, RawFrame.Write("close")),
        client => SayLastAsync(client, RawFrame.Write("throw")),
        client => SayLastAsync(client, RawFrame.Write("terminate")),
        client => client.SendAsync("wait"),
    ];

    public static async Task RunAsync(Ledger ledger, int connections)
    {
        await using var server = await SoakServer.StartAsync();
        await OpenAndDropAsync(server, Batch * 5);
        await AssertEmptyAsync(ledger, server, Batch * 5);
        var (before, timers) = (SoakServer.LiveBytes(), Timer.ActiveCount);

        await OpenAndDropAsync(server, connections);
        await AssertEmptyAsync(ledger, server, (Batch * 5) + connections);
        var growth = SoakServer.LiveBytes() - before;
        ledger.AddConnections(connections + (Batch * 5));
        Console.WriteLine($"churn: {connections:N0} connections in {s_ends.Length + 1} ways; managed memory {before / 1024:N0} KiB before, {growth / 1024:+#,##0;-#,##0;0} KiB after; {Timer.ActiveCount} timers, {timers} before");
        ledger.Require(growth < AllowedGrowth, $"managed memory grew by {growth:N0} bytes over {connections:N0} connections");
        ledger.Require(await SoakServer.UntilAsync(() => Timer.ActiveCount <= timers), $"{Timer.ActiveCount} timers are active, {timers} before");
    }

    private static async Task OpenAndDropAsync(SoakServer server, int connections)
    {
        for (var start = 0; start < connections; start += Batch)
        {
            var from = start;
            await Task.WhenAll(Enumerable.Range(from, Math.Min(Batch, connections - from)).Select(number => OpenAndDropAsync(server.Port, number)));
        }
    }

    private static async Task OpenAndDropAsync(int port, int number)
    {
        var end = number % (s_ends.Length + 1);
        if (end == s_ends.Length)
        {
            await using var stranger = await RawClient.DialAsync(port);
            await stranger.SendRawAsync("GET /rooms/1 HTTP/1.1\r\nHost: loc"u8.ToArray());
            return;
        }

        await using var client = await RawClient.ConnectAsync(port, $"/rooms/{number % Rooms}");
        await client.SendAsync("here");
        while (await client.ReceiveTextAsync() != "here")
        {
            // Someone else said hello.
        }

        await s_ends[end](client);
    }

    private static async Task SayLastAsync(RawClient client, byte[] bytes)
    {
        await client.SendRawAsync(bytes);
        try
        {
            while ((await client.ReceiveFrameAsync()).Opcode != RawOpcode.Close)
            {
                // What others said before.
            }
        }
        catch (IOException)
        {
            // Terminated.
        }
    }

    private static Task Do(Action action)
    {
        action();
        return Task.CompletedTask;
    }

    private static async Task AssertEmptyAsync(Ledger ledger, SoakServer server, int connections)
    {
        var strangers = Enumerable.Range(0, connections).Count(number => number % (s_ends.Length + 1) == s_ends.Length);
        var tally = server.Tally;
        await SoakServer.UntilAsync(() => server.Host.PeerCount == 0 && tally.Disposed == tally.Opened);
        ledger.Require(server.Host.PeerCount == 0, $"{server.Host.PeerCount} peers remain");
        ledger.Require(server.Host.Count("everyone") == 0, $"{server.Host.Count("everyone")} peers remain in a channel");
        ledger.Require(Enumerable.Range(0, Rooms).All(room => server.Host.Count($"rooms/{room}") == 0), "peers remain in the channels of their rooms");
        ledger.Require(tally.Opened == tally.Closed && tally.Closed == tally.Disposed, $"{tally.Opened} open hooks, {tally.Closed} close hooks, {tally.Disposed} disposals");
        ledger.Require(tally.Opened <= connections - strangers, $"{tally.Opened} open hooks for {connections - strangers} connections");
    }
}
