using System.Net.WebSockets;
using System.Text;
using Peers.TestKit;

namespace Peers.Tests.Chat;

/// <summary>The published native binary, compressing: the zlib that is linked into it does what the tests elsewhere hold the runtime's to.</summary>
public sealed class ChatCompressionTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task The_native_binary_compresses_at_a_window_that_only_zlib_itself_can_keep_to()
    {
        await using var server = await ServerProcess.StartAsync(Repository.Published("Chat"), arguments: ["--Peers:Compression:Enabled=true", "--Peers:Compression:Threshold=1"]);
        using var client = new ClientWebSocket { Options = { CollectHttpResponseDetails = true, DangerousDeflateOptions = new() { ServerMaxWindowBits = 10 } } };
        await client.ConnectAsync(new UriBuilder(new Uri(server.Address, "/rooms/a?name=ada")) { Scheme = "ws" }.Uri, CancellationToken.None).WaitAsync(s_patience);
        Assert.Contains("server_max_window_bits=10", client.HttpResponseHeaders!["Sec-WebSocket-Extensions"].Single(), StringComparison.Ordinal);

        var text = string.Concat(Enumerable.Range(0, 1000).Select(i => $"{i * i % 1000} "));
        await client.SendAsync(Encoding.UTF8.GetBytes($$"""{"type":"say","text":"{{text}}"}"""), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None).WaitAsync(s_patience);
        string message;
        do message = await ReceiveAsync(client);
        while (!message.StartsWith("{\"type\":\"said\"", StringComparison.Ordinal));

        Assert.Contains(text, message, StringComparison.Ordinal);
    }

    private static async Task<string> ReceiveAsync(ClientWebSocket client)
    {
        var buffer = new byte[16 * 1024];
        var length = 0;
        ValueWebSocketReceiveResult part;
        do
        {
            part = await client.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None).AsTask().WaitAsync(s_patience);
            length += part.Count;
        }
        while (!part.EndOfMessage);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }
}
