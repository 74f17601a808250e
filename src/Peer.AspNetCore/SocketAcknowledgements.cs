using System.Net.Sockets;
using Peers.Transports;

namespace Peers;

/// <summary>Asks the socket below a connection of Kestrel's, TLS or not, how far the client has got with reading. Linux alone tells.</summary>
/// <param name="socket">The socket. It stays the server's.</param>
internal sealed class SocketAcknowledgements(Socket socket) : IAcknowledgements
{
    /// <inheritdoc/>
    public bool TryRead(out long bytes, out bool isOutstanding)
    {
        (bytes, isOutstanding) = (0, false);
        if (!OperatingSystem.IsLinux()) return false;
        Span<byte> info = stackalloc byte[TcpInfo.Length];
        try
        {
            var length = socket.GetRawSocketOption(TcpInfo.Level, TcpInfo.Option, info);
            return TcpInfo.TryParse(info[..length], out bytes, out isOutstanding);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Not a TCP socket, or gone.
            return false;
        }
    }
}
