using Peers.WebSockets;

namespace Peers.Fuzzing;

/// <summary>The frame engine of either role: whatever the stream and however it is cut, it finds what <see cref="PlainReader"/> finds.</summary>
/// <remarks>Input: a byte of settings, a byte of cuts, the stream.</remarks>
internal sealed class FramesTarget : IFuzzTarget
{
    private static readonly int[] s_sizes = [5, 300, 70_000, 16 << 20];
    private static readonly int[] s_fragments = [1, 2, 10, 1000];

    public string Name => "frames";

    public void Run(ReadOnlySpan<byte> input)
    {
        if (input.Length < 2) return;
        var settings = new Settings(input[0]);
        byte[] stream = input[2..].ToArray();

        var whole = Read(settings, stream, byte.MaxValue);
        var pieces = Read(settings, stream, input[1]);
        Claim.SameList(whole.Events, pieces.Events);
        Claim.Same(whole.ClosedLater, pieces.ClosedLater);
        if (!settings.Compresses) Claim.SameList(PlainReader.Read(stream, settings.FromClient, settings.Limits), whole.Events);
    }

    private static (List<Event> Events, bool ClosedLater) Read(Settings settings, byte[] stream, byte cuts)
    {
        var limits = settings.Limits;
        using var assembler = new MessageAssembler(settings.FromClient, limits.MessageSize, limits.Fragments);
        if (settings.Compresses) assembler.Inflater = new(DeflateCodec.Default, limits.MessageSize, contextBits: 9);

        List<Event> events = [];
        var isOver = false;
        foreach (var range in Chops.Of(stream.Length, cuts))
        {
            byte[] piece = stream[range];
            var offset = 0;
            if (!isOver) isOver = !ReadPiece(assembler, piece, ref offset, events, limits);
            if (isOver && events[^1].Kind == FrameEvent.Close) return (events, true);
            if (isOver && assembler.SkipToClose(piece.AsSpan(offset))) return (events, true);

            // Nothing may be remembered by reference.
            Array.Fill(piece, (byte)0xCC);
        }

        return (events, false);
    }

    // False after a close frame or a fault.
    private static bool ReadPiece(MessageAssembler assembler, byte[] piece, ref int offset, List<Event> events, Limits limits)
    {
        while (true)
        {
            var before = offset;
            var found = assembler.Read(piece, ref offset, out var payload);
            Claim.That(offset >= before && offset <= piece.Length);
            if (found == FrameEvent.NeedMore)
            {
                Claim.Same(piece.Length, offset);
                return true;
            }

            events.Add(found == FrameEvent.Fault ? Event.Fault(assembler.Fault.Code) : Event.Of(found, payload.Span));
            Check(found, payload.Span, limits);
            if (found is FrameEvent.Close or FrameEvent.Fault) return false;
        }
    }

    private static void Check(FrameEvent found, ReadOnlySpan<byte> payload, Limits limits)
    {
        switch (found)
        {
            case FrameEvent.Text or FrameEvent.Binary:
                Claim.That(payload.Length <= limits.MessageSize);
                break;
            case FrameEvent.Ping or FrameEvent.Pong:
                Claim.That(payload.Length <= FrameRules.MaxControlPayload);
                break;
            case FrameEvent.Close:
                CheckClose(payload);
                break;
        }
    }

    private static void CheckClose(ReadOnlySpan<byte> payload)
    {
        var isParsed = ClosePayload.TryParse(payload, out var code, out var reason, out var fault);
        Claim.Same(PlainReader.FaultOfClose(payload), fault.Code);
        Claim.Same(isParsed, !fault.IsFault);
        if (!isParsed) return;

        Span<byte> written = stackalloc byte[ClosePayload.MaxLength];
        written = written[..ClosePayload.Write(written, code, reason)];
        Claim.That(written.SequenceEqual(payload), "a close payload is written as it was read");
    }

    // FROM_CLIENT COMPRESSES SIZE(2) FRAGMENTS(2), lowest first
    private readonly struct Settings(byte value)
    {
        public bool FromClient => (value & 1) == 0;

        public bool Compresses => (value & 2) != 0;

        public Limits Limits => new(s_sizes[(value >> 2) & 3], s_fragments[(value >> 4) & 3]);
    }
}
