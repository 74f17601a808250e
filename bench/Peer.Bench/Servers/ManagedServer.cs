using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;

namespace Peers.Bench.Servers;

/// <summary>System.Net.WebSockets behind <c>UseWebSockets</c>, each loop as one would write it by hand for speed.</summary>
internal static class ManagedServer
{
    private static readonly Members s_members = new();

    public static WebApplication Build(WebApplicationBuilder builder)
    {
        var app = builder.Build();
        app.UseWebSockets();
        app.Map("/echo", http => ServeAsync(http, EchoAsync));
        app.Map("/typed", http => ServeAsync(http, MoveAsync));
        app.Map("/fanout", http => ServeAsync(http, FanoutAsync));
        app.Map("/requests", http => ServeAsync(http, ContentAsync));
        app.Map("/hook", http => ServeAsync(http, PiecesAsync));
        return app;
    }

    private static async Task ServeAsync(HttpContext http, Func<WebSocket, Task> serve)
    {
        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        try
        {
            await serve(socket);
        }
        catch (WebSocketException)
        {
            // The client went without a close frame.
        }
    }

    private static async Task EchoAsync(WebSocket socket)
    {
        var reader = new WholeMessages(socket);
        while (await reader.ReadAsync() is { IsEmpty: false } text) await socket.SendAsync(text, WebSocketMessageType.Text, endOfMessage: true, default);
    }

    private static async Task MoveAsync(WebSocket socket)
    {
        var reader = new WholeMessages(socket);
        var output = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(output);
        while (await reader.ReadAsync() is { IsEmpty: false } text)
        {
            var move = JsonSerializer.Deserialize(text.Span, ServerJson.Default.JsonMove);
            output.ResetWrittenCount();
            json.Reset();
            JsonSerializer.Serialize(json, new JsonMoved("moved", move.Tick, move.X, move.Y), ServerJson.Default.JsonMoved);
            await socket.SendAsync(output.WrittenMemory, WebSocketMessageType.Text, endOfMessage: true, default);
        }
    }

    private static async Task ContentAsync(WebSocket socket)
    {
        var reader = new WholeMessages(socket);
        var output = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(output);
        while (await reader.ReadAsync() is { IsEmpty: false } text)
        {
            var widget = JsonSerializer.Deserialize(text.Span, ServerJson.Default.JsonWidget);
            output.ResetWrittenCount();
            json.Reset();
            JsonSerializer.Serialize(json, new JsonContent("content", widget.Id, Bursts.Text), ServerJson.Default.JsonContent);
            await socket.SendAsync(output.WrittenMemory, WebSocketMessageType.Text, endOfMessage: true, default);
        }
    }

    private static async Task PiecesAsync(WebSocket socket)
    {
        var reader = new WholeMessages(socket);
        while (await reader.ReadAsync() is { IsEmpty: false })
        {
            for (var i = 0; i < Bursts.Pieces; i++)
            {
                await socket.SendAsync(Bursts.Piece, WebSocketMessageType.Binary, endOfMessage: true, default);
            }
        }
    }

    private static async Task FanoutAsync(WebSocket socket)
    {
        s_members.Add(socket);
        try
        {
            var reader = new WholeMessages(socket);
            while (await reader.ReadAsync() is { IsEmpty: false } text) await PublishAsync(socket, text);
        }
        finally
        {
            s_members.Remove(socket);
        }
    }

    // There is one publisher; with more, each socket would need a lock or a queue.
    private static async Task PublishAsync(WebSocket sender, ReadOnlyMemory<byte> text)
    {
        foreach (var socket in s_members.All)
        {
            if (socket != sender && socket.State == WebSocketState.Open) await socket.SendAsync(text, WebSocketMessageType.Text, endOfMessage: true, default);
        }
    }

    // Copied when somebody comes or goes, so that publishing needs no lock.
    private sealed class Members
    {
        private readonly Lock _lock = new();
        private WebSocket[] _all = [];

        public WebSocket[] All => Volatile.Read(ref _all);

        public void Add(WebSocket socket)
        {
            lock (_lock) _all = [.. _all, socket];
        }

        public void Remove(WebSocket socket)
        {
            lock (_lock) _all = Array.FindAll(_all, other => other != socket);
        }
    }
}
