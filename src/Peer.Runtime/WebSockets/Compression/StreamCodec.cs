using System.IO.Compression;

namespace Peers.WebSockets;

/// <summary>Compression by a <see cref="DeflateStream"/> a message: what is left where <see cref="ZlibCodec"/> does not work.</summary>
/// <remarks>It allocates for every message and has one window size. A message that goes on behind a final block counts as corrupt.</remarks>
internal sealed class StreamCodec : DeflateCodec
{
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
        byte[] piece = Buffers.Rent<byte>(PieceSize);
        using var source = new Source(history, data);
        using var inflate = new DeflateStream(source, CompressionMode.Decompress);
        try
        {
            if (history.Length > 0) inflate.ReadExactly(new byte[history.Length]);
            while (inflate.Read(piece, 0, (int)Math.Min(piece.Length, (long)limit + 1 - output.Length)) is > 0 and var length)
            {
                if (source.IsTailRead) return InflateResult.Corrupt;
                output.Append(piece.AsSpan(0, length));
                if (output.Length > limit) return InflateResult.TooBig;
            }
        }
        catch (InvalidDataException)
        {
            return InflateResult.Corrupt;
        }
        finally
        {
            Buffers.Return(piece);
        }

        return source.IsWhole ? InflateResult.Done : InflateResult.Corrupt;
    }

    // A message between its history and its tail. Its last bytes are handed out one by one, which shows how many of them were wanted.
    private sealed class Source : MemoryStream
    {
        private readonly bool _endsWithZero;
        private readonly int _tail;
        private bool _isOverread;

        public Source(ReadOnlySpan<byte> history, ReadOnlySpan<byte> data)
            : base(history.Length + data.Length + Tail.Length + StoredHeaderLength)
        {
            if (!history.IsEmpty)
            {
                Span<byte> header = stackalloc byte[StoredHeaderLength];
                WriteStoredHeader(header, history.Length);
                Write(header);
                Write(history);
            }

            Write(data);
            _endsWithZero = data is [.., 0];
            _tail = (int)Length;
            Write(Tail);
            Position = 0;
        }

        public bool IsTailRead => Position > _tail;

        // To its last byte and no farther; or up to a final block that the message ends with, RFC 7692 §7.2.3.4, behind which is one zero or nothing.
        public bool IsWhole => !_isOverread && (Position == Length || Position == _tail || (Position == _tail - 1 && _endsWithZero));

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (Position == Length) _isOverread = true;
            return base.Read(buffer, offset, Math.Min(count, (int)Math.Max(1, _tail - 2 - Position)));
        }
    }
}
