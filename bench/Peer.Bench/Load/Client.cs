using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Peers.Bench.Load;

/// <summary>A WebSocket client over a bare socket: blocking calls to connect and to exchange one message.</summary>
internal static class Client
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_retryAfter = TimeSpan.FromMilliseconds(10);

    /// <summary>Connects and upgrades, waiting for a server that is not up yet, and says hello where the dialect has one.</summary>
    public static Socket Open(int port, Dialect dialect)
    {
        var socket = Connect(port);
        Upgrade(socket, dialect.Path);
        if (dialect.Hello is { } hello) Exchange(socket, hello, dialect.HelloReply!);
        return socket;
    }

    /// <summary>Sends a text and waits for one that is expected.</summary>
    public static void Exchange(Socket socket, byte[] text, byte[] expected)
    {
        socket.Send(ClientFrame.Text(text));
        var frame = new byte[expected.Length + (expected.Length > 125 ? 4 : 2)];
        ReceiveAll(socket, frame);
        if (!frame.AsSpan().EndsWith(expected)) throw new InvalidDataException($"The server said '{Encoding.UTF8.GetString(frame)}'.");
    }

    /// <summary>Tries until a server listens.</summary>
    public static Socket Connect(int port)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                socket.Connect(new IPEndPoint(IPAddress.Loopback, port));
                return socket;
            }
            catch (SocketException) when (Stopwatch.GetElapsedTime(started) < s_patience)
            {
                socket.Dispose();
                Thread.Sleep(s_retryAfter);
            }
        }
    }

    /// <summary>The opening handshake, RFC 6455 §4.1.</summary>
    public static void Upgrade(Socket socket, string path)
    {
        Send(socket, $"""
            GET {path} HTTP/1.1
            Host: localhost
            Connection: Upgrade
            Upgrade: websocket
            Sec-WebSocket-Version: 13
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==


            """);
        Expect(socket, "HTTP/1.1 101", "\r\n\r\n");
    }

    /// <summary>An ordinary request, and the first of its answer.</summary>
    public static void Get(Socket socket, string path)
    {
        Send(socket, $"""
            GET {path} HTTP/1.1
            Host: localhost


            """);
        Expect(socket, "HTTP/1.1 200", "\r\n\r\n");
    }

    private static void Send(Socket socket, string text) => socket.Send(Encoding.ASCII.GetBytes(text.ReplaceLineEndings("\r\n")));

    private static void Expect(Socket socket, string start, string part)
    {
        var answer = new byte[4096];
        var text = "";
        for (var length = 0; !text.Contains(part, StringComparison.Ordinal); text = Encoding.ASCII.GetString(answer, 0, length))
        {
            var read = socket.Receive(answer, length, answer.Length - length, SocketFlags.None);
            if (read == 0) break;
            length += read;
        }

        if (!text.StartsWith(start, StringComparison.Ordinal)) throw new InvalidDataException($"The server answered '{text}'.");
    }

    private static void ReceiveAll(Socket socket, Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var read = socket.Receive(bytes);
            if (read == 0) throw new EndOfStreamException("The server closed the connection.");
            bytes = bytes[read..];
        }
    }
}
