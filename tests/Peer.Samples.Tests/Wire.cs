using System.Net.Sockets;
using System.Text;

namespace Peers.Tests;

/// <summary>A connection whose bytes are written by hand, for what the base library's client hides.</summary>
internal sealed class Wire : IDisposable
{
    private readonly TcpClient _tcp = new();
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromSeconds(30));

    public static async Task<Wire> ConnectAsync(Uri server, string path)
    {
        var wire = new Wire();
        await wire._tcp.ConnectAsync(server.Host, server.Port, wire._patience.Token);
        await wire.SendAsync(Encoding.ASCII.GetBytes(
            $"GET {path} HTTP/1.1\r\nHost: {server.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
        var answer = "";
        while (!answer.EndsWith("\r\n\r\n", StringComparison.Ordinal)) answer += (char)(await wire.ReceiveAsync(1))[0];
        Assert.StartsWith("HTTP/1.1 101 ", answer, StringComparison.Ordinal);
        return wire;
    }

    public ValueTask SendAsync(byte[] bytes) => _tcp.GetStream().WriteAsync(bytes, _patience.Token);

    public async Task<byte[]> ReceiveAsync(int count)
    {
        var bytes = new byte[count];
        await _tcp.GetStream().ReadExactlyAsync(bytes, _patience.Token);
        return bytes;
    }

    public void Dispose()
    {
        _tcp.Dispose();
        _patience.Dispose();
    }
}
