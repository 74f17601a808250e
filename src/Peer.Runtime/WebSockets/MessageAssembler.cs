using System.Runtime.CompilerServices;
using System.Text.Unicode;

namespace Peers.WebSockets;

/// <summary>What <see cref="MessageAssembler.Read"/> found.</summary>
internal enum FrameEvent
{
    /// <summary>All input is consumed; nothing more is complete.</summary>
    NeedMore,
    /// <summary>A whole text message, checked UTF-8.</summary>
    Text,
    /// <summary>A whole binary message.</summary>
    Binary,
    /// <summary>A ping, perhaps between the fragments of a message.</summary>
    Ping,
    /// <summary>A pong, likewise.</summary>
    Pong,
    /// <summary>A close frame; nothing after it is to be read. <see cref="ClosePayload"/> takes its payload apart.</summary>
    Close,
    /// <summary>The remote end broke the protocol or a limit: see <see cref="MessageAssembler.Fault"/>.</summary>
    Fault,
}

/// <summary>Makes messages of the bytes of one connection, whatever pieces they arrive in. RFC 6455 §5.</summary>
/// <remarks>
/// Not thread-safe: one read loop calls it. A message that lies whole in the input is unmasked there and lent from there; any other is gathered in
/// a rented buffer that grows with what arrived, never with what was announced; a compressed one (RFC 7692) is inflated into such a buffer. Idle it
/// holds no buffer. Each byte is unmasked, checked and copied at most once, growth apart.
/// </remarks>
internal sealed class MessageAssembler : IDisposable
{
    private readonly bool _expectMasked;
    private readonly int _maxMessageSize;
    private readonly int _maxFragments;

    // Whether a message that is whole in the input may be taken by the short way: a server's, with nothing half done and nothing lent.
    private bool _mayComeWhole;

    // What is half done; null while nothing is, as nearly always.
    private MessagePieces? _pieces;

    /// <summary>Starts before a connection's first frame.</summary>
    /// <param name="expectMasked">True in a server, whose clients must mask; false in a client.</param>
    /// <param name="maxMessageSize">The longest message in bytes. A longer one faults with 1009 at the header that announces it.</param>
    /// <param name="maxFragments">The most frames a message may have; one more faults with 1009.</param>
    public MessageAssembler(bool expectMasked, int maxMessageSize, int maxFragments)
    {
        _expectMasked = _mayComeWhole = expectMasked;
        _maxMessageSize = Math.Min(maxMessageSize, Array.MaxLength);
        _maxFragments = maxFragments;
    }

    /// <summary>What inflates messages, where permessage-deflate was agreed on; set before the first byte and disposed with this.</summary>
    public MessageInflater? Inflater { get; set; }

    /// <summary>Why <see cref="Read"/> returned <see cref="FrameEvent.Fault"/>.</summary>
    public ProtocolFault Fault => _pieces?.Fault ?? default;

    /// <summary>The length in bytes that the message in progress has so far, with what its newest frame announced: for logs.</summary>
    public long AnnouncedLength => _pieces?.AnnouncedLength ?? 0;

    /// <summary>How many bytes the frame still lacks whose payload is coming; 0 between frames.</summary>
    public long MissingPayload => _pieces?.MissingPayload ?? 0;

    /// <summary>Whether the last payload lies in a rented buffer, which <see cref="TakeBuffer"/> hands over, and not in the input.</summary>
    public bool OwnsPayload => _pieces is { OwnsPayload: true };

    /// <summary>Reads up to the next event, and all of the input when there is none. Call it until it returns <see cref="FrameEvent.NeedMore"/>.</summary>
    /// <param name="input">Bytes from the connection; what is read of them is overwritten by its unmasked form.</param>
    /// <param name="offset">Where to read on in the input; moved behind what was read.</param>
    /// <param name="payload">
    /// The event's payload, unmasked. Valid until the next call; where it lies in the input, as long as that is left alone.
    /// </param>
    /// <returns>After <see cref="FrameEvent.Fault"/> only <see cref="SkipToClose"/> goes on; this returns the fault again.</returns>
    public FrameEvent Read(Memory<byte> input, ref int offset, out ReadOnlyMemory<byte> payload)
    {
        // Nearly always a whole message in one frame comes next, and nothing after it.
        int at = offset;
        Span<byte> rest = input.Span[at..];
        if (!_mayComeWhole || !FrameHeader.TryMeasureWhole(rest, out int start, out int length) || length > _maxMessageSize)
        {
            if (!_mayComeWhole || !rest.IsEmpty) return ReadPieces(input, ref offset, out payload);
            payload = default;
            return FrameEvent.NeedMore;
        }

        offset = at + start + length;
        payload = input.Slice(at + start, length);
        return UnmaskWhole(rest[0], rest.Slice(start, length), FrameHeader.KeyBefore(rest, start));
    }

    /// <summary>Reads without keeping anything, after a fault or after our own close frame, until the remote end's close frame has come.</summary>
    /// <param name="input">Bytes that <see cref="Read"/> has not read.</param>
    /// <returns>True when a close frame has come whole. Bytes that are no frames yield one by chance at most, and never an exception.</returns>
    public bool SkipToClose(ReadOnlySpan<byte> input)
    {
        Dispose();
        return Pieces.SkipToClose(input);
    }

    /// <summary>Hands the buffer under the last payload to the caller, who returns it to <see cref="Buffers"/>.</summary>
    /// <exception cref="InvalidOperationException">The payload lies in the input, or was taken before.</exception>
    public byte[] TakeBuffer()
    {
        byte[] buffer = _pieces?.TakeBuffer() ?? throw new InvalidOperationException("The last payload lies in no buffer of the assembler's.");
        ReleasePieces();
        return buffer;
    }

    /// <summary>Returns what is rented, the buffer under the last payload too. When the connection ends, whatever the state.</summary>
    public void Dispose()
    {
        _pieces?.ReturnBuffers();
        Inflater?.Dispose();
    }

    private MessagePieces Pieces => _pieces ??= MessagePieces.Rent(_expectMasked, _maxMessageSize, _maxFragments, Inflater);

    private FrameEvent UnmaskWhole(byte first, Span<byte> body, uint key)
    {
        bool isAscii = Masking.Apply(body, key);
        if (first == FrameHeader.WholeBinary) return FrameEvent.Binary;
        return isAscii ? FrameEvent.Text : CheckWhole(body);
    }

    // Apart, because the check pins: its set-up would cost every message that is ASCII.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private FrameEvent CheckWhole(ReadOnlySpan<byte> text)
    {
        if (Utf8.IsValid(text)) return FrameEvent.Text;
        _mayComeWhole = false;
        return Pieces.Fail(MessagePieces.InvalidText);
    }

    private FrameEvent ReadPieces(Memory<byte> input, ref int offset, out ReadOnlyMemory<byte> payload)
    {
        FrameEvent found = Pieces.Read(input, ref offset, out payload);
        ReleasePieces();
        return found;
    }

    private void ReleasePieces()
    {
        bool isDone = _pieces!.IsEmpty;
        _mayComeWhole = isDone && _expectMasked;
        if (!isDone) return;
        MessagePieces.Return(_pieces);
        _pieces = null;
    }
}
