using System.Buffers.Binary;

namespace Peers.Bench.Load;

/// <summary>Finds the messages in the bytes that a server sends on one connection, looking at headers and skipping payloads.</summary>
/// <remarks>
/// What is counted is a record of fixed length; a WebSocket message holds one or several (SignalR sends what has queued up together, and
/// in fragments). Messages of any other length, such as SignalR's pings, and control frames are passed over. Short messages are
/// seen whole, long ones are not.
/// </remarks>
internal struct FrameScanner(int recordLength, int wholeUpTo)
{
    /// <summary>Frames and messages may be seen whole up to this length; so much is kept from one read to the next.</summary>
    public const int MaxWhole = 32 * 1024;

    /// <summary>The longest header of a frame that is not masked, RFC 6455 §5.2.</summary>
    public const int MaxHeader = 10;

    private const int CloseOpcode = 8;

    // The end of the last read: the beginning of a frame.
    private byte[]? _held;
    private int _heldCount;
    private long _skip;

    // Of a fragmented message: what has come, and how long it is so far.
    private byte[]? _fragments;
    private long _length;

    /// <summary>Whether the server has sent a close frame.</summary>
    public bool HasCloseFrame { get; private set; }

    /// <summary>Copies what is left of the last read to where it ends in front of the next one, and says how much that is.</summary>
    public readonly int Unhold(Span<byte> front)
    {
        if (_heldCount > 0) _held.AsSpan(0, _heldCount).CopyTo(front[^_heldCount..]);
        return _heldCount;
    }

    /// <summary>Hands every record that ends in these bytes to <paramref name="sink"/>.</summary>
    public void Scan<TSink>(ReadOnlySpan<byte> bytes, ref TSink sink) where TSink : struct, IRecordSink, allows ref struct
    {
        _heldCount = 0;
        var skipped = (int)Math.Min(_skip, bytes.Length);
        _skip -= skipped;
        bytes = bytes[skipped..];
        while (TryReadHeader(bytes, out var header, out var length))
        {
            var available = bytes.Length - header;
            if (available < length && length <= wholeUpTo) break;

            var payload = bytes.Slice(header, (int)Math.Min(available, length));
            TakeFrame(bytes[0], payload, length, ref sink);
            if (available < length)
            {
                _skip = length - available;
                return;
            }

            bytes = bytes[(header + payload.Length)..];
        }

        Hold(bytes);
    }

    private void TakeFrame<TSink>(byte first, ReadOnlySpan<byte> payload, long length, ref TSink sink) where TSink : struct, IRecordSink, allows ref struct
    {
        var (isFinal, opcode) = ((first & 0x80) != 0, first & 0x0f);
        HasCloseFrame |= opcode == CloseOpcode;
        if (opcode > 2) return;
        if (isFinal && _length == 0)
        {
            Deliver(payload, length, ref sink);
            return;
        }

        if (_length + length <= wholeUpTo) payload.CopyTo((_fragments ??= new byte[wholeUpTo]).AsSpan((int)_length));
        _length += length;
        if (!isFinal) return;
        Deliver(_length <= wholeUpTo ? _fragments.AsSpan(0, (int)_length) : default, _length, ref sink);
        _length = 0;
    }

    private readonly void Deliver<TSink>(ReadOnlySpan<byte> payload, long length, ref TSink sink) where TSink : struct, IRecordSink, allows ref struct
    {
        if (length % recordLength != 0) return;
        for (var start = 0; start < length; start += recordLength)
        {
            var end = start + recordLength;
            sink.Take(end <= payload.Length ? payload[start..end] : default);
        }
    }

    private void Hold(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        bytes.CopyTo(_held ??= new byte[wholeUpTo + MaxHeader]);
        _heldCount = bytes.Length;
    }

    private static bool TryReadHeader(ReadOnlySpan<byte> bytes, out int header, out long length)
    {
        (header, length) = (2, 0);
        if (bytes.Length < 2) return false;
        length = bytes[1] & 0x7f;
        if (length < 126) return true;

        header = length == 126 ? 4 : 10;
        if (bytes.Length < header) return false;
        length = header == 4 ? BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]) : BinaryPrimitives.ReadInt64BigEndian(bytes[2..]);
        return true;
    }
}

/// <summary>What becomes of the records that a scanner finds.</summary>
internal interface IRecordSink
{
    /// <summary>Takes one record; empty where it is too long to be seen whole.</summary>
    void Take(ReadOnlySpan<byte> record);
}
