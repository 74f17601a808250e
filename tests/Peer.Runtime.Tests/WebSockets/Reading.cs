using System.Text;
using Peers.WebSockets;

namespace Peers.Tests.WebSockets;

/// <summary>Feeds a stream to an assembler in pieces and tells what came out, as "Text hello", "Binary 00FF" or "Fault 1002 reserved bit set".</summary>
internal static class Reading
{
    public const int Limit = 32 * 1024 * 1024;

    public static List<string> Whole(params byte[][] frames) => InPieces(Wire.Join(frames), int.MaxValue);

    public static List<string> InPieces(byte[] stream, params int[] sizes)
    {
        using var assembler = new MessageAssembler(expectMasked: true, Limit, maxFragments: 100_000);
        return InPieces(assembler, stream, sizes);
    }

    /// <summary>The sizes go round until the stream ends. Reading ends at a close frame or a fault, as a connection's does.</summary>
    public static List<string> InPieces(MessageAssembler assembler, byte[] stream, params int[] sizes)
    {
        List<string> seen = [];
        int start = 0;
        for (int turn = 0; start < stream.Length; turn++)
        {
            int size = Math.Min(sizes[turn % sizes.Length], stream.Length - start);
            if (!Feed(assembler, stream.AsSpan(start, size).ToArray(), seen)) break;
            start += size;
        }
        return seen;
    }

    /// <summary>Feeds one piece, which is spoilt afterwards: nothing may be remembered by reference. False after a close frame or a fault.</summary>
    public static bool Feed(MessageAssembler assembler, byte[] piece, List<string> seen)
    {
        int offset = 0;
        while (true)
        {
            FrameEvent found = assembler.Read(piece, ref offset, out ReadOnlyMemory<byte> payload);
            if (found == FrameEvent.NeedMore) break;
            seen.Add(Describe(assembler, found, payload.Span));
            if (found is FrameEvent.Close or FrameEvent.Fault) return false;
        }
        Assert.Equal(piece.Length, offset);
        Array.Fill(piece, (byte)0xCC);
        return true;
    }

    private static string Describe(MessageAssembler assembler, FrameEvent found, ReadOnlySpan<byte> payload) => found switch
    {
        FrameEvent.Fault => $"Fault {(int)assembler.Fault.Code} {assembler.Fault.Reason}",
        FrameEvent.Binary or FrameEvent.Close => $"{found} {Convert.ToHexString(payload)}",
        _ => $"{found} {Encoding.UTF8.GetString(payload)}",
    };
}
