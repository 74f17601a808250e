using System.Buffers;
using System.IO.Compression;

namespace Peers.WebSockets;

/// <summary>Compression by a <see cref="DeflateStream"/> a message: what is left where <see cref="ZlibCodec"/> does not work.</summary>
/// <remarks>It allocates for every message and has one window size. Data behind a final block inside a message counts as corrupt.</remarks>
internal sealed class StreamCodec : DeflateCodec
{
    // The tail of RFC 7692 §7.2.2, then a final stored block of four bytes: data that does not end with them was cut off.
    private static ReadOnlySpan<byte> End => [0x00, 0x00, 0xFF, 0xFF, 0x01, 0x04, 0x00, 0xFB, 0xFF, 0x9D, 0x2E, 0x71, 0xC6];

    private const int MarkLength = 4;
    private const int PieceSize = 4096;

    public override bool HasWindows => false;

    public override int Deflate(int level, int windowBits, ReadOnlySpan<byte> history, ReadOnlySpan<byte> payload, Span<byte> destination)
    {
        using var written = new MemoryStream();
        using var deflate = new DeflateStream(written, new ZLibCompressionOptions { CompressionLevel = level }, leaveOpen: true);
        if (!history.IsEmpty)
        {
            deflate.Write(history);
            deflate.Flush();
            written.SetLength(0);
        }

        deflate.Write(payload);
        deflate.Flush();
        int length = (int)written.Length - TailLength;
        if (length <= 0 || length >= payload.Length) return -1;
        written.GetBuffer().AsSpan(0, length).CopyTo(destination);
        return length;
    }

    public override InflateResult Inflate(ReadOnlySpan<byte> history, ReadOnlySpan<byte> data, ref GatherBuffer output, int limit)
    {
        byte[] piece = ArrayPool<byte>.Shared.Rent(PieceSize);
        try
        {
            using var inflate = new DeflateStream(Whole(history, data), CompressionMode.Decompress);
            if (history.Length > 0) inflate.ReadExactly(new byte[history.Length]);
            long room = (long)limit + MarkLength;
            while (inflate.Read(piece, 0, (int)Math.Min(piece.Length, room + 1 - output.Length)) is > 0 and var length)
            {
                output.Append(piece.AsSpan(0, length));
                if (output.Length > room) return InflateResult.TooBig;
            }
        }
        catch (InvalidDataException)
        {
            return output.Length > limit ? InflateResult.TooBig : InflateResult.Corrupt;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }

        if (!output.Span.EndsWith(End[^MarkLength..])) return output.Length > limit ? InflateResult.TooBig : InflateResult.Corrupt;
        output.Shorten(MarkLength);
        return InflateResult.Done;
    }

    // RFC 1951 §3.2.4: the history as a stored block, so that what follows may refer to it.
    private static MemoryStream Whole(ReadOnlySpan<byte> history, ReadOnlySpan<byte> data)
    {
        var whole = new MemoryStream(history.Length + data.Length + End.Length + 5);
        if (!history.IsEmpty)
        {
            Span<byte> header = [0, (byte)history.Length, (byte)(history.Length >> 8), (byte)~history.Length, (byte)(~history.Length >> 8)];
            whole.Write(header);
            whole.Write(history);
        }

        whole.Write(data);
        whole.Write(End);
        whole.Position = 0;
        return whole;
    }
}
