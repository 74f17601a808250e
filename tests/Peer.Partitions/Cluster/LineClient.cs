using System.Net.WebSockets;
using System.Text;

namespace Peers.Partitions;

/// <summary>A WebSocket client of .NET's own that exchanges lines of text with a node.</summary>
internal sealed class LineClient : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly CancellationTokenSource _closing = new();
    private Task _receiving = Task.CompletedTask;

    /// <summary>Completes with the reason when the connection has ended.</summary>
    public Task<string> Ended { get; private set; } = null!;

    /// <summary>Connects, for which a stopped node takes as long as it is stopped.</summary>
    /// <param name="node">The node's address.</param>
    /// <param name="take">Called with each line, one at a time.</param>
    /// <exception cref="WebSocketException">The node does not answer.</exception>
    public static async Task<LineClient> ConnectAsync(Uri node, Action<string> take)
    {
        var client = new LineClient();
        client._socket.Options.KeepAliveInterval = TimeSpan.Zero;
        try
        {
            await client._socket.ConnectAsync(new Uri($"ws://{node.Authority}/node"), client._closing.Token);
        }
        catch
        {
            client._socket.Dispose();
            throw;
        }

        client._receiving = client.Ended = client.ReceiveAsync(take);
        return client;
    }

    /// <summary>Sends a line; one call at a time.</summary>
    /// <exception cref="WebSocketException">The connection has ended.</exception>
    public Task SendAsync(string line) => _socket.SendAsync(Encoding.UTF8.GetBytes(line), WebSocketMessageType.Text, endOfMessage: true, _closing.Token);

    /// <summary>Ends the connection at once.</summary>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await _receiving;
        _socket.Dispose();
    }

    private async Task<string> ReceiveAsync(Action<string> take)
    {
        var buffer = new byte[4096];
        var filled = 0;
        try
        {
            while (true)
            {
                if (filled == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
                var part = await _socket.ReceiveAsync(buffer.AsMemory(filled), _closing.Token);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, _closing.Token);
                    return $"{(int?)_socket.CloseStatus} {_socket.CloseStatusDescription}";
                }

                filled += part.Count;
                if (!part.EndOfMessage) continue;
                take(Encoding.UTF8.GetString(buffer, 0, filled));
                filled = 0;
            }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            return exception.Message;
        }
    }
}
