using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Peers.Tests;

/// <summary>The base library's WebSocket, as a client that loses patience.</summary>
internal sealed class Client : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly ClientWebSocket _socket = new();
    private readonly CancellationTokenSource _patience = new(s_patience);

    public WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    public static async Task<Client> ConnectAsync(Uri server, string path = "/", string? origin = null)
    {
        var client = new Client();
        if (origin is not null) client._socket.Options.SetRequestHeader("Origin", origin);
        await client._socket.ConnectAsync(new UriBuilder(new Uri(server, path)) { Scheme = "ws" }.Uri, client._patience.Token);
        return client;
    }

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text);

    public Task SendAsync(byte[] payload, WebSocketMessageType type, bool isLast = true) =>
        _socket.SendAsync(payload, type, isLast, _patience.Token);

    /// <summary>The next whole message; of type Close when the server closed.</summary>
    public async Task<(WebSocketMessageType Type, byte[] Payload)> ReceiveAsync()
    {
        var buffer = new byte[16 * 1024];
        using var message = new MemoryStream();
        while (true)
        {
            var part = await _socket.ReceiveAsync(buffer, _patience.Token);
            message.Write(buffer, 0, part.Count);
            if (part.EndOfMessage) return (part.MessageType, message.ToArray());
        }
    }

    public async Task<string> ReceiveTextAsync()
    {
        var (type, payload) = await ReceiveAsync();
        Assert.Equal(WebSocketMessageType.Text, type);
        return Encoding.UTF8.GetString(payload);
    }

    /// <summary>The next message of a type; others are passed over.</summary>
    public async Task<JsonNode> ReceiveAsync(string type)
    {
        while (true)
        {
            var message = JsonNode.Parse(await ReceiveTextAsync())!;
            if ((string?)message["type"] == type) return message;
        }
    }

    public async Task CloseAsync(WebSocketCloseStatus status = WebSocketCloseStatus.NormalClosure) =>
        await _socket.CloseAsync(status, "", _patience.Token);

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _patience.Dispose();
        return default;
    }
}
