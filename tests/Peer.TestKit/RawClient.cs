using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Peers.TestKit;

/// <summary>A WebSocket client over a bare socket, which may break every rule. Every wait ends within ten seconds.</summary>
public sealed class RawClient : IAsyncDisposable
{
    /// <summary>The key of RFC 6455 §1.3, whose answer is <c>s3pPLMBiTxaQ9kYGzzhZRbK+xOo=</c>.</summary>
    public const string Key = "dGhlIHNhbXBsZSBub25jZQ==";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    // Null where the bytes are a stream of HTTP/2.
    private readonly Socket? _socket;
    private readonly Stream _stream;

    private RawClient(Socket? socket, Stream stream, RawAnswer? answer) => (_socket, _stream, Handshake) = (socket, stream, answer);

    /// <summary>The server's answer to the handshake; null where none was made.</summary>
    public RawAnswer? Handshake { get; private set; }

    /// <summary>This end's address.</summary>
    public EndPoint LocalEndPoint => Tcp.LocalEndPoint!;

    /// <summary>Connects without saying anything.</summary>
    /// <param name="port">The port.</param>
    /// <param name="tls">Whether behind TLS.</param>
    /// <param name="receiveBuffer">The size of the socket's receive buffer (SO_RCVBUF) in bytes; 0 for the system's own.</param>
    public static async Task<RawClient> DialAsync(int port, bool tls = false, int receiveBuffer = 0)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer > 0) socket.ReceiveBufferSize = receiveBuffer;
        await socket.ConnectAsync(IPAddress.Loopback, port).WaitAsync(s_patience);
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        if (tls) stream = await EncryptAsync(stream);
        return new(socket, stream, answer: null);
    }

    /// <summary>Connects to an address of any kind, such as a Unix socket, and opens a WebSocket by hand.</summary>
    public static async Task<RawClient> ConnectAsync(EndPoint address, string path = "/")
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, address is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
        await socket.ConnectAsync(address).WaitAsync(s_patience);
        var client = new RawClient(socket, new NetworkStream(socket, ownsSocket: true), answer: null);
        client.Handshake = await client.RequestAsync(UpgradeRequest(path));
        return client;
    }

    /// <summary>Connects and opens a WebSocket by hand.</summary>
    /// <exception cref="InvalidOperationException">The answer is not 101, or not the right one for the key.</exception>
    public static Task<RawClient> ConnectAsync(int port, string path = "/", bool tls = false, params (string Name, string? Value)[] headers) =>
        ConnectNarrowAsync(port, path, tls, receiveBuffer: 0, headers);

    /// <summary>As <see cref="ConnectAsync(int, string, bool, ValueTuple{string, string}[])"/>, with a receive buffer of the given size: while the client does not read, little more is sent to it.</summary>
    public static async Task<RawClient> ConnectNarrowAsync(int port, string path, bool tls, int receiveBuffer, params (string Name, string? Value)[] headers)
    {
        var client = await DialAsync(port, tls, receiveBuffer);
        client.Handshake = await client.RequestAsync(UpgradeRequest(path, headers));
        if (client.Handshake.Status == 101 && client.Handshake.Header("Sec-WebSocket-Accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") return client;

        await client.DisposeAsync();
        throw new InvalidOperationException($"The handshake was answered with {client.Handshake.Status}: {client.Handshake.Body}");
    }

    /// <summary>Opens a WebSocket as a stream of an HTTP/2 connection, RFC 8441; its frames are raw as well.</summary>
    /// <param name="http">Whose connection is used, and made where there is none.</param>
    /// <param name="port">The port.</param>
    /// <param name="path">The path.</param>
    /// <param name="tls">Whether behind TLS.</param>
    /// <param name="headers">Further headers.</param>
    /// <exception cref="InvalidOperationException">The answer is not 200.</exception>
    public static async Task<RawClient> ConnectHttp2Async(HttpMessageInvoker http, int port, string path = "/", bool tls = false, params (string Name, string? Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Connect, new Uri($"{(tls ? "https" : "http")}://localhost:{port}{path}"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Headers = { Protocol = "websocket" },
        };
        request.Headers.Add("Sec-WebSocket-Version", "13");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        var response = await http.SendAsync(request, CancellationToken.None).WaitAsync(s_patience);
        var answer = new RawAnswer((int)response.StatusCode, response.Headers.ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase), "");
        if (answer.Status == 200) return new(socket: null, await response.Content.ReadAsStreamAsync(), answer);

        response.Dispose();
        throw new InvalidOperationException($"The handshake was answered with {answer.Status}.");
    }

    /// <summary>The text of a right handshake. A header of the same name is replaced, one with the value null is left out.</summary>
    public static string UpgradeRequest(string path = "/", params (string Name, string? Value)[] headers)
    {
        var all = new List<(string Name, string? Value)>
        {
            ("Host", "localhost"), ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", Key),
        };
        all.RemoveAll(one => headers.Any(header => string.Equals(header.Name, one.Name, StringComparison.OrdinalIgnoreCase)));
        all.AddRange(headers);
        var lines = all.Where(header => header.Value is not null).Select(header => $"{header.Name}: {header.Value}\r\n");
        return $"GET {path} HTTP/1.1\r\n{string.Concat(lines)}\r\n";
    }

    /// <summary>Sends a request as it is given and reads the answer.</summary>
    public async Task<RawAnswer> RequestAsync(string request)
    {
        await SendRawAsync(Encoding.Latin1.GetBytes(request));
        return await ReceiveAnswerAsync(hasBody: !request.StartsWith("HEAD ", StringComparison.Ordinal));
    }

    /// <summary>Reads an HTTP answer, and not a byte more.</summary>
    public async Task<RawAnswer> ReceiveAnswerAsync(bool hasBody = true)
    {
        var lines = (await ReadHeadAsync()).Split("\r\n");
        var status = int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture);
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in lines.Skip(1).Where(line => line.Length > 0))
        {
            var (name, value) = (line[..line.IndexOf(':')], line[(line.IndexOf(':') + 1)..].Trim());
            headers[name] = headers.TryGetValue(name, out var before) ? $"{before}, {value}" : value;
        }

        var length = hasBody && headers.TryGetValue("Content-Length", out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : 0;
        return new(status, headers, Encoding.UTF8.GetString(await ReadAsync(length)));
    }

    /// <summary>Sends bytes as they are.</summary>
    public async Task SendRawAsync(ReadOnlyMemory<byte> bytes)
    {
        await _stream.WriteAsync(bytes).AsTask().WaitAsync(s_patience);
        await _stream.FlushAsync();
    }

    /// <summary>Sends bytes in pieces, each a segment of its own as far as TCP lets it be.</summary>
    public async Task SendChoppedAsync(ReadOnlyMemory<byte> bytes, int size)
    {
        for (var start = 0; start < bytes.Length; start += size)
        {
            await SendRawAsync(bytes.Slice(start, Math.Min(size, bytes.Length - start)));
            await Task.Yield();
        }
    }

    /// <summary>Sends a frame, right or wrong as the parameters ask for.</summary>
    public Task SendFrameAsync(RawOpcode opcode, ReadOnlyMemory<byte> payload, bool fin = true, bool masked = true, int rsv = 0) =>
        SendRawAsync(RawFrame.Write(opcode, payload.Span, fin, masked, rsv));

    /// <summary>Sends a text message.</summary>
    public Task SendAsync(string text) => SendRawAsync(RawFrame.Write(text));

    /// <summary>Sends a close frame.</summary>
    public Task SendCloseAsync(int code = 1000, string reason = "") => SendFrameAsync(RawOpcode.Close, RawFrame.ClosePayload(code, reason));

    /// <summary>Receives a frame.</summary>
    /// <exception cref="EndOfStreamException">The connection ended.</exception>
    public async Task<RawFrame> ReceiveFrameAsync()
    {
        var start = await ReadAsync(2);
        if (start[1] >= 0x80) throw new InvalidDataException("A server must not mask its frames.");
        var lengthSize = start[1] switch { 126 => 2, 127 => 8, _ => 0 };
        var length = lengthSize == 0 ? start[1] : (await ReadAsync(lengthSize)).Aggregate(0L, (sum, digit) => (sum << 8) | digit);
        return new((RawOpcode)(start[0] & 0xF), await ReadAsync(checked((int)length)), Fin: start[0] >= 0x80, Rsv: (start[0] >> 4) & 7);
    }

    /// <summary>Receives bytes as they are.</summary>
    /// <exception cref="EndOfStreamException">The connection ended.</exception>
    public Task<byte[]> ReceiveRawAsync(int count) => ReadAsync(count);

    /// <summary>Reads so many bytes and forgets them.</summary>
    public async Task SkipAsync(int count)
    {
        var buffer = new byte[Math.Min(count, 64 * 1024)];
        while (count > 0)
        {
            var read = await _stream.ReadAsync(buffer.AsMemory(0, Math.Min(count, buffer.Length))).AsTask().WaitAsync(s_patience);
            if (read == 0) throw new EndOfStreamException();
            count -= read;
        }
    }

    /// <summary>Receives a text message that came in one frame.</summary>
    public async Task<string> ReceiveTextAsync() => (await ReceiveAsync(RawOpcode.Text)).Text;

    /// <summary>Receives a frame of one kind.</summary>
    /// <exception cref="InvalidDataException">Another kind came.</exception>
    public async Task<RawFrame> ReceiveAsync(RawOpcode opcode)
    {
        var frame = await ReceiveFrameAsync();
        if (frame.Opcode != opcode) throw new InvalidDataException($"Expected {opcode}, but {frame.Opcode} came: {(frame.Opcode == RawOpcode.Close ? $"{frame.CloseCode} {frame.CloseReason}" : frame.Text)}");
        return frame;
    }

    /// <summary>Receives a close frame, answers it, and returns its code once the server has ended the connection.</summary>
    public async Task<int?> ReceiveCloseAsync()
    {
        var close = await ReceiveAsync(RawOpcode.Close);
        try
        {
            await SendFrameAsync(RawOpcode.Close, close.Payload);
            await ReceiveEndAsync();
        }
        catch (IOException)
        {
            // It did not wait for the answer, which then met a closed socket: an end as well.
        }

        return close.CloseCode;
    }

    /// <summary>Returns when the server has ended the connection.</summary>
    /// <exception cref="InvalidDataException">Something came before.</exception>
    public async Task ReceiveEndAsync()
    {
        var one = new byte[1];
        if (await _stream.ReadAsync(one).AsTask().WaitAsync(s_patience) != 0) throw new InvalidDataException($"Expected the end, but 0x{one[0]:X2} came.");
    }

    /// <summary>Returns when the connection has ended, in whatever way.</summary>
    /// <exception cref="InvalidDataException">Something came before.</exception>
    public async Task ReceiveNothingMoreAsync()
    {
        try
        {
            await ReceiveEndAsync();
        }
        catch (IOException)
        {
            // What was sent too late met a closed socket, which answers with a reset.
        }
    }

    /// <summary>Closes as the standard asks for, and waits for the server's answer and end.</summary>
    public async Task<int?> CloseAsync(int code = 1000)
    {
        await SendCloseAsync(code);
        var close = await ReceiveAsync(RawOpcode.Close);
        await ReceiveEndAsync();
        return close.CloseCode;
    }

    /// <summary>Ends this direction of the TCP connection; the other stays open.</summary>
    public void HalfClose() => Tcp.Shutdown(SocketShutdown.Send);

    /// <summary>Resets the TCP connection, as a client that was killed.</summary>
    public void Reset()
    {
        Tcp.LingerState = new LingerOption(enable: true, seconds: 0);
        Tcp.Close();
    }

    /// <summary>Ends the TCP connection without a word.</summary>
    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private Socket Tcp => _socket ?? throw new InvalidOperationException("A stream of HTTP/2 has no socket of its own.");

    private static async Task<SslStream> EncryptAsync(Stream stream)
    {
        var tls = new SslStream(stream);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate?.Subject == "CN=localhost",
        }).WaitAsync(s_patience);
        return tls;
    }

    private async Task<string> ReadHeadAsync()
    {
        var head = new StringBuilder();
        while (!head.EndsWith("\r\n\r\n")) head.Append((char)(await ReadAsync(1))[0]);
        return head.ToString();
    }

    private async Task<byte[]> ReadAsync(int length)
    {
        var bytes = new byte[length];
        await _stream.ReadExactlyAsync(bytes).AsTask().WaitAsync(s_patience);
        return bytes;
    }
}

/// <summary>What <see cref="StringBuilder"/> lacks.</summary>
file static class StringBuilderExtensions
{
    public static bool EndsWith(this StringBuilder text, string end)
    {
        if (text.Length < end.Length) return false;
        for (var i = 0; i < end.Length; i++)
        {
            if (text[text.Length - end.Length + i] != end[i]) return false;
        }

        return true;
    }
}
