using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests;

/// <summary>RFC 8441: many WebSockets on one connection, each with a life of its own. The other classes run over HTTP/2 as well.</summary>
public sealed class Http2Tests(ConformanceServer server) : IClassFixture<ConformanceServer>
{
    [Theory]
    [InlineData(Link.Http2)]
    [InlineData(Link.Http2Tls)]
    public async Task Fifty_sockets_share_one_connection_and_none_gets_anothers_messages(Link link)
    {
        var clients = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => server.ConnectAsync(link)));
        for (var i = 0; i < clients.Length; i++) await clients[i].SendAsync($"I am {i}");

        for (var i = 0; i < clients.Length; i++) Assert.Equal($"I am {i}", await clients[i].ReceiveTextAsync());
        Assert.Single(server.Host.Peers.Select(peer => peer.RemoteEndPoint).Distinct());
        foreach (var client in clients) Assert.Equal(1000, await client.CloseAsync());
        await server.OnlyRemainsAsync(0);
    }

    [Theory]
    [InlineData(Link.Http2)]
    [InlineData(Link.Http2Tls)]
    public async Task No_end_of_one_socket_is_noticed_by_another_of_the_same_connection(Link link)
    {
        await using var witness = await server.ConnectAsync(link);
        await witness.SendFrameAsync(RawOpcode.Text, "in "u8.ToArray(), fin: false);

        await using (var failing = await server.ConnectAsync(link))
        {
            await failing.SendFrameAsync((RawOpcode)3, ReadOnlyMemory<byte>.Empty);
            await failing.AssertFailedAsync(1002);
        }

        await using (var leaving = await server.ConnectAsync(link)) Assert.Equal(1001, await leaving.CloseAsync(1001));
        await using (var reset = await server.ConnectAsync(link)) await reset.SendRawAsync(new byte[] { 0x82, 0xFE });
        await server.OnlyRemainsAsync(1);

        await witness.SendFrameAsync(RawOpcode.Continuation, "peace"u8.ToArray());
        await witness.AssertEchoAsync(RawOpcode.Text, "in peace"u8.ToArray());
    }

    [Fact]
    public async Task Whoever_does_not_read_holds_up_no_other_socket_of_the_same_connection()
    {
        // More than the window of a stream: the echo of the second message has to wait for the client.
        await using var slow = await server.ConnectAsync(Link.Http2);
        for (var i = 0; i < 12; i++) await slow.SendFrameAsync(RawOpcode.Binary, new byte[60_000]);
        await using var other = await server.ConnectAsync(Link.Http2);
        await other.SendAsync("quick");

        await other.AssertEchoAsync(RawOpcode.Text, "quick"u8.ToArray());
        for (var i = 0; i < 12; i++) Assert.Equal(60_000, (await slow.ReceiveAsync(RawOpcode.Binary)).Payload.Length);
    }
}
