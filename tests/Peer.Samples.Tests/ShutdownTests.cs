using System.Net.WebSockets;
using Peers.TestKit;

namespace Peers.Tests;

public sealed class ShutdownTests
{
    [Theory]
    [InlineData("Echo", "/")]
    [InlineData("Chat", "/rooms/lobby")]
    [InlineData("Cluster", "/table")]
    public async Task SIGTERM_closes_every_peer_with_1012_and_the_process_ends_with_0(string sample, string path)
    {
        await using var server = await ServerProcess.StartAsync(Repository.Published(sample));
        await using var one = await Client.ConnectAsync(server.Address, path);
        await using var other = await Client.ConnectAsync(server.Address, path);

        var stopped = server.StopAsync();

        Assert.Equal((WebSocketCloseStatus)1012, await AnswerCloseAsync(one));
        Assert.Equal((WebSocketCloseStatus)1012, await AnswerCloseAsync(other));
        Assert.Equal(0, await stopped);
    }

    private static async Task<WebSocketCloseStatus?> AnswerCloseAsync(Client client)
    {
        while ((await client.ReceiveAsync()).Type != WebSocketMessageType.Close)
        {
            // What was sent before the close.
        }

        await client.CloseAsync();
        return client.CloseStatus;
    }
}
