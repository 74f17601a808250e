using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Peers.Partitions;

/// <summary>One connection of a node through its link.</summary>
internal sealed class LinkConnection(Socket node, Link link) : IDisposable
{
    private const int PieceLength = 64 * 1024;

    private readonly Socket _broker = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    /// <summary>Passes bytes on until either side ends.</summary>
    public async Task RunAsync(int brokerPort)
    {
        try
        {
            node.NoDelay = _broker.NoDelay = true;
            await _broker.ConnectAsync(IPAddress.Loopback, brokerPort);
            await Task.WhenAll(PumpAsync(node, _broker, link.ToBroker), PumpAsync(_broker, node, link.ToNode));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The broker is away, or the link was cut.
            Reset();
        }
    }

    /// <summary>Ends both sides at once; what they have not read is lost.</summary>
    public void Reset()
    {
        Close(node);
        Close(_broker);
    }

    public void Dispose() => Reset();

    private async Task PumpAsync(Socket from, Socket to, LinkDirection direction)
    {
        var pieces = Channel.CreateUnbounded<(byte[] Bytes, long ReadAt)>();
        var reading = ReadAsync(from, pieces.Writer);
        try
        {
            await foreach (var (bytes, readAt) in pieces.Reader.ReadAllAsync())
            {
                await direction.PassesAsync(readAt);
                for (var sent = 0; sent < bytes.Length;) sent += await to.SendAsync(bytes.AsMemory(sent));
            }

            var hasEnded = await reading;
            await direction.PassesAsync(Clock.Now);
            if (hasEnded) to.Shutdown(SocketShutdown.Send);
            else Reset();
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            Reset();
        }
    }

    // True where the sender ended the connection in good order.
    private static async Task<bool> ReadAsync(Socket from, ChannelWriter<(byte[] Bytes, long ReadAt)> pieces)
    {
        var piece = new byte[PieceLength];
        try
        {
            while (true)
            {
                var length = await from.ReceiveAsync(piece);
                if (length == 0) return true;
                pieces.TryWrite((piece[..length], Clock.Now));
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return false;
        }
        finally
        {
            pieces.Complete();
        }
    }

    private static void Close(Socket socket)
    {
        try
        {
            socket.LingerState = new(true, 0);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // It is closed, or was never connected.
        }

        socket.Dispose();
    }
}
