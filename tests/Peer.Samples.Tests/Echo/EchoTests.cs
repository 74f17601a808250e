using System.Net.WebSockets;
using System.Security.Cryptography;
using Peers.TestKit;

namespace Peers.Tests.Echo;

/// <summary>The published native binary, from outside.</summary>
public sealed class EchoTests : IAsyncLifetime
{
    private ServerProcess _server = null!;

    public async ValueTask InitializeAsync() => _server = await ServerProcess.StartAsync(Repository.Published("Echo"));

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Text_comes_back_as_text()
    {
        await using var client = await Client.ConnectAsync(_server.Address);
        await client.SendAsync("héllo 🌍");
        Assert.Equal("héllo 🌍", await client.ReceiveTextAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    public async Task Binary_of_every_length_form_comes_back_as_binary(int length)
    {
        var sent = RandomNumberGenerator.GetBytes(length);
        await using var client = await Client.ConnectAsync(_server.Address);
        await client.SendAsync(sent, WebSocketMessageType.Binary);

        var (type, received) = await client.ReceiveAsync();

        Assert.Equal(WebSocketMessageType.Binary, type);
        Assert.Equal(sent, received);
    }

    [Fact]
    public async Task Fragments_come_back_as_one_message()
    {
        await using var client = await Client.ConnectAsync(_server.Address);
        await client.SendAsync("one "u8.ToArray(), WebSocketMessageType.Text, isLast: false);
        await client.SendAsync("two "u8.ToArray(), WebSocketMessageType.Text, isLast: false);
        await client.SendAsync("three"u8.ToArray(), WebSocketMessageType.Text);
        Assert.Equal("one two three", await client.ReceiveTextAsync());
    }

    [Fact]
    public async Task Messages_come_back_in_the_order_they_were_sent()
    {
        await using var client = await Client.ConnectAsync(_server.Address);
        for (var i = 0; i < 100; i++) await client.SendAsync($"{i}");
        for (var i = 0; i < 100; i++) Assert.Equal($"{i}", await client.ReceiveTextAsync());
    }

    [Fact]
    public async Task A_ping_is_answered_with_its_payload()
    {
        await using var client = await RawClient.ConnectAsync(_server.Address.Port);
        await client.SendFrameAsync(RawOpcode.Ping, "still there?"u8.ToArray());

        var frame = await client.ReceiveFrameAsync();

        Assert.Equal(RawOpcode.Pong, frame.Opcode);
        Assert.Equal("still there?"u8, frame.Payload);
    }

    [Fact]
    public async Task A_close_is_answered_with_its_code()
    {
        await using var client = await Client.ConnectAsync(_server.Address);
        await client.CloseAsync(WebSocketCloseStatus.NormalClosure);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, client.CloseStatus);
    }

    [Fact]
    public async Task A_message_over_the_limit_closes_with_1009()
    {
        await using var client = await Client.ConnectAsync(_server.Address);
        await client.SendAsync(new byte[65_537], WebSocketMessageType.Binary);
        await client.ReceiveAsync();
        Assert.Equal(WebSocketCloseStatus.MessageTooBig, client.CloseStatus);
    }

    [Fact]
    public async Task Text_that_is_not_UTF_8_closes_with_1007()
    {
        await using var client = await Client.ConnectAsync(_server.Address);
        await client.SendAsync([0xC3, 0x28], WebSocketMessageType.Text);
        await client.ReceiveAsync();
        Assert.Equal(WebSocketCloseStatus.InvalidPayloadData, client.CloseStatus);
    }
}
