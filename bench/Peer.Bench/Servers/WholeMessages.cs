using System.Net.WebSockets;
using System.Runtime.CompilerServices;

namespace Peers.Bench.Servers;

/// <summary>Reads whole messages into a buffer that grows to the longest.</summary>
internal sealed class WholeMessages(WebSocket socket)
{
    private byte[] _buffer = new byte[4096];

    /// <summary>The next message, valid until the next call; empty when the client has closed.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync()
    {
        var length = 0;
        while (true)
        {
            var read = await socket.ReceiveAsync(_buffer.AsMemory(length), default);
            if (read.MessageType == WebSocketMessageType.Close) return default;
            length += read.Count;
            if (read.EndOfMessage) return _buffer.AsMemory(0, length);
            if (length == _buffer.Length) Array.Resize(ref _buffer, length * 2);
        }
    }
}
