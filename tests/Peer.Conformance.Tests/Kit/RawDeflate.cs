using System.IO.Compression;

namespace Peers.Tests.Kit;

/// <summary>A client's end of permessage-deflate, RFC 7692 §7.2, by the base library's streams: it shares no code with the server's.</summary>
/// <param name="clientTakesOver">Whether what is sent may refer to what was sent before.</param>
/// <param name="serverTakesOver">Whether what is received may.</param>
internal sealed class RawDeflate(bool clientTakesOver, bool serverTakesOver) : IDisposable
{
    private static readonly byte[] s_tail = [0, 0, 0xFF, 0xFF];

    private readonly Feed _received = new();
    private MemoryStream _sent = new();
    private DeflateStream? _deflate;
    private DeflateStream? _inflate;

    /// <summary>Compresses a message.</summary>
    public byte[] Deflate(byte[] message)
    {
        if (message.Length == 0) return [0];
        if (!clientTakesOver) (_sent, _deflate) = (new(), null);
        _deflate ??= new(_sent, CompressionLevel.Fastest, leaveOpen: true);
        _sent.SetLength(0);
        _deflate.Write(message);
        _deflate.Flush();
        var data = _sent.ToArray();
        Assert.Equal(s_tail, data[^4..]);
        return data[..^4];
    }

    /// <summary>Inflates a message of a known length, to its last byte.</summary>
    public byte[] Inflate(byte[] data, int length)
    {
        if (!serverTakesOver) _inflate = null;
        _received.Put([.. data, .. s_tail]);
        _inflate ??= new(_received, CompressionMode.Decompress, leaveOpen: true);
        var message = new byte[length + 1];
        var read = 0;
        while (_inflate.Read(message, read, message.Length - read) is > 0 and var more) read += more;
        return message[..read];
    }

    public void Dispose()
    {
        _deflate?.Dispose();
        _inflate?.Dispose();
        _sent.Dispose();
        _received.Dispose();
    }

    // Has what was put last; at its end there may be more later.
    private sealed class Feed : MemoryStream
    {
        public void Put(byte[] bytes)
        {
            SetLength(0);
            Write(bytes);
            Position = 0;
        }
    }
}
