using System.Buffers.Binary;
using System.Text;
using Peers.TestKit;

namespace Peers.Tests.Kit;

/// <summary>A connection of HTTP/2 over a bare socket, as far as WebSockets need it: frames of RFC 9113, streams opened by RFC 8441.</summary>
internal sealed class Http2Wire : IAsyncDisposable
{
    private const int EndStream = 0x1;
    private const int EndHeaders = 0x4;
    private const int Ack = 0x1;
    private const int InitialWindowSize = 0x4;

    // RFC 9113 §6.9.2: the window of a connection before the first update, and of a stream where no setting says otherwise.
    private const int DefaultWindow = 65_535;

    private readonly RawClient _socket;
    private readonly Queue<Http2Frame> _waiting = new();
    private readonly Dictionary<int, long> _streamWindows = [];
    private long _connectionWindow = DefaultWindow;
    private int _lastStream = -1;

    private Http2Wire(RawClient socket) => _socket = socket;

    /// <summary>What the server announced, by the number of the setting.</summary>
    public Dictionary<int, uint> Settings { get; } = [];

    /// <summary>Connects, and exchanges settings.</summary>
    public static async Task<Http2Wire> ConnectAsync(int port)
    {
        var wire = new Http2Wire(await RawClient.DialAsync(port));
        await wire._socket.SendRawAsync((byte[])[.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Frame(Http2Type.Settings, 0, 0, [])]);
        wire.ReadSettings((await wire.ReceiveAsync(0, Http2Type.Settings)).Payload);
        return wire;
    }

    /// <summary>Opens a WebSocket, with data that may come right behind the headers.</summary>
    /// <returns>The number of its stream.</returns>
    public async Task<int> OpenAsync(byte[]? data = null, string path = "/")
    {
        var stream = _lastStream += 2;
        _streamWindows[stream] = Settings.GetValueOrDefault(InitialWindowSize, (uint)DefaultWindow);
        byte[] headers =
        [
            .. Header(":method", "CONNECT"), .. Header(":protocol", "websocket"), .. Header(":scheme", "http"), .. Header(":path", path), .. Header(":authority", "localhost"),
            .. Header("sec-websocket-version", "13"),
        ];
        byte[] frames = Frame(Http2Type.Headers, EndHeaders, stream, headers);
        if (data is not null) ShrinkWindows(stream, data.Length);
        await _socket.SendRawAsync(data is null ? frames : [.. frames, .. Frame(Http2Type.Data, 0, stream, data)]);
        Assert.True(IsStatus200((await ReceiveAsync(stream, Http2Type.Headers)).Payload));
        return stream;
    }

    /// <summary>Sends bytes of a stream, whatever the windows.</summary>
    public Task SendAsync(int stream, byte[] data, bool isLast = false)
    {
        ShrinkWindows(stream, data.Length);
        return _socket.SendRawAsync(Frame(Http2Type.Data, isLast ? EndStream : 0, stream, data));
    }

    /// <summary>Sends bytes of a stream as soon as the windows of stream and connection have room for them.</summary>
    /// <exception cref="TimeoutException">The server did not enlarge them.</exception>
    public async Task SendWithinWindowAsync(int stream, byte[] data)
    {
        while (WindowOf(stream) < data.Length)
        {
            var frame = await ReadAnyAsync();
            if (!frame.IsOfTheConnection) _waiting.Enqueue(frame);
        }

        await SendAsync(stream, data);
    }

    /// <summary>Sends bytes of a stream again and again, until its window or that of the connection has no room left for them.</summary>
    /// <returns>How often they were sent.</returns>
    public async Task<int> FillAsync(int stream, byte[] data)
    {
        var count = 0;
        for (; WindowOf(stream) >= data.Length; count++) await SendAsync(stream, data);
        return count;
    }

    /// <summary>Enlarges the server's window for a stream, or, with stream 0, for the connection.</summary>
    public Task EnlargeWindowAsync(int stream, int increment)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, increment);
        return _socket.SendRawAsync(Frame(Http2Type.WindowUpdate, 0, stream, bytes));
    }

    /// <summary>Resets a stream.</summary>
    public Task ResetAsync(int stream, int error)
    {
        var code = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(code, error);
        return _socket.SendRawAsync(Frame(Http2Type.Reset, 0, stream, code));
    }

    /// <summary>Sends a text message and receives its echo, which comes in one frame.</summary>
    public async Task AssertEchoAsync(int stream, string text)
    {
        await SendAsync(stream, RawFrame.Write(text));
        Assert.Equal([0x81, (byte)text.Length, .. Encoding.ASCII.GetBytes(text)], (await ReceiveAsync(stream, Http2Type.Data)).Payload);
    }

    /// <summary>Receives the next frame of a kind on a stream; those of other streams wait.</summary>
    /// <exception cref="InvalidDataException">Another kind came on that stream.</exception>
    public async Task<Http2Frame> ReceiveAsync(int stream, Http2Type type)
    {
        for (var i = _waiting.Count; i > 0; i--)
        {
            var waited = _waiting.Dequeue();
            if (waited.Stream == stream) return waited.Type == type ? waited : throw new InvalidDataException($"Expected {type}, but {waited} came.");
            _waiting.Enqueue(waited);
        }

        while (true)
        {
            var frame = await ReadAsync();
            if (frame.Stream == stream && frame.Type == type) return frame;
            if (frame.Stream == stream && stream != 0) throw new InvalidDataException($"Expected {type}, but {frame} came.");
            if (frame.Stream != 0) _waiting.Enqueue(frame);
        }
    }

    public ValueTask DisposeAsync() => _socket.DisposeAsync();

    private async Task<Http2Frame> ReadAsync()
    {
        while (true)
        {
            var frame = await ReadAnyAsync();
            if (frame.Type != Http2Type.WindowUpdate) return frame;
        }
    }

    private async Task<Http2Frame> ReadAnyAsync()
    {
        var header = await _socket.ReceiveRawAsync(9);
        var payload = await _socket.ReceiveRawAsync((header[0] << 16) | (header[1] << 8) | header[2]);
        var frame = new Http2Frame((Http2Type)header[3], header[4], BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(5)), payload);
        if (frame.Type == Http2Type.WindowUpdate) GrowWindow(frame);
        if (frame.Type == Http2Type.Settings && (frame.Flags & Ack) == 0) await _socket.SendRawAsync(Frame(Http2Type.Settings, Ack, 0, []));
        return frame;
    }

    private long WindowOf(int stream) => Math.Min(_connectionWindow, _streamWindows[stream]);

    private void ShrinkWindows(int stream, int length)
    {
        _connectionWindow -= length;
        _streamWindows[stream] -= length;
    }

    private void GrowWindow(Http2Frame update)
    {
        var increment = BinaryPrimitives.ReadInt32BigEndian(update.Payload);
        if (update.Stream == 0) _connectionWindow += increment;
        else _streamWindows[update.Stream] += increment;
    }

    private void ReadSettings(ReadOnlySpan<byte> settings)
    {
        for (; !settings.IsEmpty; settings = settings[6..]) Settings[BinaryPrimitives.ReadUInt16BigEndian(settings)] = BinaryPrimitives.ReadUInt32BigEndian(settings[2..]);
    }

    private static byte[] Frame(Http2Type type, int flags, int stream, byte[] payload)
    {
        byte[] frame = [(byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, (byte)type, (byte)flags, 0, 0, 0, 0, .. payload];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        return frame;
    }

    // RFC 7541 §6.2.2: a literal that is not indexed, with a new name; neither is longer than 126 bytes.
    private static byte[] Header(string name, string value) => [0, (byte)name.Length, .. Encoding.ASCII.GetBytes(name), (byte)value.Length, .. Encoding.ASCII.GetBytes(value)];

    // RFC 7541 appendix A: entry 8 of the table is ":status: 200". An update of the table's size may stand before it, §6.3.
    private static bool IsStatus200(ReadOnlySpan<byte> headers)
    {
        while (headers[0] >> 5 == 1) headers = headers[1..];
        return headers[0] == 0x88;
    }
}

/// <summary>A frame of HTTP/2.</summary>
internal sealed record Http2Frame(Http2Type Type, int Flags, int Stream, byte[] Payload)
{
    /// <summary>Whether it ends its stream.</summary>
    public bool IsLast => (Flags & 0x1) != 0;

    /// <summary>Whether it serves the connection, or flow control, and no stream's receiver waits for it.</summary>
    public bool IsOfTheConnection => Stream == 0 || Type == Http2Type.WindowUpdate;

    /// <summary>The error code of a reset.</summary>
    public int Error => BinaryPrimitives.ReadInt32BigEndian(Payload);

    public override string ToString() => $"{Type} {Flags:X} on {Stream}: {Convert.ToHexString(Payload)}";
}

/// <summary>The kinds of frames, RFC 9113 §6.</summary>
internal enum Http2Type : byte
{
    Data = 0,
    Headers = 1,
    Reset = 3,
    Settings = 4,
    WindowUpdate = 8,
}
