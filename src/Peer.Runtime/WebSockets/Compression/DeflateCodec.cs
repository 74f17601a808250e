using System.Buffers.Binary;

namespace Peers.WebSockets;

/// <summary>What turns payloads into DEFLATE data and back, RFC 1951 as RFC 7692 §7.2 uses it. Safe from any thread; keeps nothing of any peer.</summary>
internal abstract class DeflateCodec
{
    /// <summary>The last bytes that a sender leaves out and a receiver puts back, RFC 7692 §7.2: of an empty stored block, all but its header.</summary>
    protected const int TailLength = 4;

    /// <summary>The header of a stored block, RFC 1951 §3.2.4, that begins with a byte.</summary>
    protected internal const int StoredHeaderLength = 5;

    private static readonly Lazy<DeflateCodec> s_default = new(Choose);

    /// <summary>The best that works here: the runtime's own zlib, or else the base library's stream.</summary>
    public static DeflateCodec Default => s_default.Value;

    /// <summary>Whether a window smaller than 32 KiB can be kept to.</summary>
    public abstract bool HasWindows { get; }

    /// <summary>The tail that the sender left out (RFC 7692 §7.2.2), then an empty final block: only whole data ends with it, and it yields no byte.</summary>
    protected internal static ReadOnlySpan<byte> Tail => [0x00, 0x00, 0xFF, 0xFF, 0x03, 0x00];

    /// <summary>Compresses a payload.</summary>
    /// <param name="level">1 (fast) to 9 (small).</param>
    /// <param name="windowBits">The window, 9 to 15; 15 where <see cref="HasWindows"/> is false.</param>
    /// <param name="history">What the payload may refer to: the end of what went before, or nothing.</param>
    /// <param name="payload">The payload, not empty.</param>
    /// <param name="destination">Where to, at least <see cref="Room"/> of the payload's length.</param>
    /// <returns>The length of the result, less than the payload's; or -1 where it would not be.</returns>
    public abstract int Deflate(int level, int windowBits, ReadOnlySpan<byte> history, ReadOnlySpan<byte> payload, Span<byte> destination);

    /// <summary>Undoes <see cref="Deflate"/>, whoever did it.</summary>
    /// <param name="history">The end of what went before, which the data may refer to, or nothing.</param>
    /// <param name="data">The data of a whole message, without its tail.</param>
    /// <param name="output">Where to; holds what there was until a fault.</param>
    /// <param name="limit">The most bytes that may come out. Not more than one over it is ever inflated.</param>
    public abstract InflateResult Inflate(ReadOnlySpan<byte> history, ReadOnlySpan<byte> data, ref GatherBuffer output, int limit);

    /// <summary>How much room <see cref="Deflate"/> needs for a payload.</summary>
    public static int Room(int payloadLength) => payloadLength + TailLength - 1;

    /// <summary>Whether it does what it should, tried on a small conversation with and without context.</summary>
    public bool Works()
    {
        ReadOnlySpan<byte> first = "{\"type\":\"said\",\"text\":\"what was said, what was said\"}"u8;
        ReadOnlySpan<byte> second = "{\"type\":\"said\",\"text\":\"before, before, before, before, what was said\"}"u8;
        return Works(default, first) && Works(first, second) && Works(default, second);
    }

    /// <summary>Writes the header of a stored block that is not the last: three bits, LEN and its complement.</summary>
    protected internal static void WriteStoredHeader(Span<byte> destination, int length)
    {
        destination[0] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(destination[1..], (ushort)length);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[3..], (ushort)~length);
    }

    private bool Works(ReadOnlySpan<byte> history, ReadOnlySpan<byte> payload)
    {
        Span<byte> deflated = stackalloc byte[Room(payload.Length)];
        int length = Deflate(level: 1, CompressionOptions.LargestWindowBits, history, payload, deflated);
        if (length <= 0) return false;

        GatherBuffer output = default;
        bool isSame = Inflate(history, deflated[..length], ref output, payload.Length) == InflateResult.Done && payload.SequenceEqual(output.Span);
        output.Return();
        return isSame;
    }

    private static DeflateCodec Choose()
    {
        try
        {
            var zlib = new ZlibCodec();
            if (zlib.Works()) return zlib;
        }
        catch (Exception exception) when (exception is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException or InvalidOperationException)
        {
            // The exports that it lives by are the runtime's own affair, and may go or change.
        }

        return new StreamCodec();
    }
}

/// <summary>How inflating ended.</summary>
internal enum InflateResult
{
    /// <summary>Whole.</summary>
    Done,
    /// <summary>It would be longer than allowed.</summary>
    TooBig,
    /// <summary>It is no DEFLATE data, or ends amid it.</summary>
    Corrupt,
}
