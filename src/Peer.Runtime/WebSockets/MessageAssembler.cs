using System.Buffers;
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

    private ProtocolFault _fault;

    // Whether a message that is whole in the input may be taken by the short way: a server's, with nothing half done and nothing lent.
    private bool _mayComeWhole;

    // The frame whose payload is coming: what is still missing of it, and the key rotated to the next byte.
    private long _missing;
    private uint _key;
    private Opcode _opcode;
    private bool _fin;
    private bool _isInPayload;

    // The header that is coming, if a piece ended inside it.
    private byte _headerLength;
    private HeaderBytes _header;

    // The message that is coming; Continuation while there is none.
    private Opcode _messageOpcode;
    private Utf8Validator _utf8;
    private int _fragments;
    private bool _isCompressed;
    private GatherBuffer _message;

    // A control frame that came in pieces, perhaps amid a message.
    private GatherBuffer _control;

    // The rented buffer under the last payload, unless it was taken.
    private byte[]? _lent;

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
    public ProtocolFault Fault => _fault;

    /// <summary>The length in bytes that the message in progress has so far, with what its newest frame announced: for logs.</summary>
    public long AnnouncedLength => _message.Length + _missing;

    /// <summary>How many bytes the frame still lacks whose payload is coming; 0 between frames.</summary>
    public long MissingPayload => _isInPayload ? _missing : 0;

    /// <summary>Whether the last payload lies in a rented buffer, which <see cref="TakeBuffer"/> hands over, and not in the input.</summary>
    public bool OwnsPayload => _lent is not null;

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
        int offset = 0;
        while (_isInPayload || TryGatherHeader(input, ref offset, out _))
        {
            int skipped = (int)Math.Min(_missing, input.Length - offset);
            offset += skipped;
            _missing -= skipped;
            _isInPayload = _missing > 0;
            if (_isInPayload) return false;
            if (_opcode == Opcode.Close) return true;
        }
        return false;
    }

    /// <summary>Hands the buffer under the last payload to the caller, who returns it to <see cref="ArrayPool{T}.Shared"/>.</summary>
    /// <exception cref="InvalidOperationException">The payload lies in the input, or was taken before.</exception>
    public byte[] TakeBuffer()
    {
        byte[] buffer = _lent ?? throw new InvalidOperationException("The last payload lies in no buffer of the assembler's.");
        _lent = null;
        return buffer;
    }

    /// <summary>Returns what is rented, the buffer under the last payload too. When the connection ends, whatever the state.</summary>
    public void Dispose()
    {
        ReturnLent();
        _message.Return();
        _control.Return();
        Inflater?.Dispose();
    }

    private FrameEvent UnmaskWhole(byte first, Span<byte> body, uint key)
    {
        bool isAscii = Masking.Apply(body, key);
        if (first == FrameHeader.WholeBinary) return FrameEvent.Binary;
        return isAscii ? FrameEvent.Text : CheckWhole(body);
    }

    // Apart, because the check pins: its set-up would cost every message that is ASCII.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private FrameEvent CheckWhole(ReadOnlySpan<byte> text) => Utf8.IsValid(text) ? FrameEvent.Text : Fail(InvalidText);

    private FrameEvent ReadPieces(Memory<byte> input, ref int offset, out ReadOnlyMemory<byte> payload)
    {
        ReturnLent();
        payload = default;
        if (_fault.IsFault) return FrameEvent.Fault;

        FrameEvent found = NextEvent(input, ref offset, ref payload);
        _mayComeWhole = _expectMasked && _headerLength == 0 && !_isInPayload && _messageOpcode == Opcode.Continuation && _lent is null && !_fault.IsFault;
        return found;
    }

    private FrameEvent NextEvent(Memory<byte> input, ref int offset, ref ReadOnlyMemory<byte> payload)
    {
        while (true)
        {
            if (!_isInPayload)
            {
                if (!TryGatherHeader(input.Span, ref offset, out FrameHeader header)) return FrameEvent.NeedMore;
                if (!TryAdmit(header)) return FrameEvent.Fault;
            }

            Memory<byte> piece = NextPiece(input, ref offset);
            bool isAscii = Masking.Apply(piece.Span, _key);
            _key = Masking.KeyAt(_key, piece.Length);
            FrameEvent found = IsControl ? AppendControl(piece, ref payload) : AppendData(piece, isAscii, ref payload);
            if (found != FrameEvent.NeedMore || _isInPayload) return found;
        }
    }

    private bool IsControl => _opcode >= Opcode.Close;

    private bool TryGatherHeader(ReadOnlySpan<byte> input, ref int offset, out FrameHeader header)
    {
        if (_headerLength == 0 && FrameHeader.TryParse(input[offset..], out header, out int headerLength))
        {
            offset += headerLength;
            BeginPayload(header);
            return true;
        }
        while (offset < input.Length)
        {
            _header[_headerLength++] = input[offset++];
            if (!FrameHeader.TryParse(_header[.._headerLength], out header, out _)) continue;
            _headerLength = 0;
            BeginPayload(header);
            return true;
        }
        header = default;
        return false;
    }

    private void BeginPayload(in FrameHeader header)
    {
        // A length that is out of range is a fault already: skipping never comes to its end.
        _missing = header.PayloadLength < 0 ? long.MaxValue : header.PayloadLength;
        (_key, _opcode, _fin, _isInPayload) = (header.MaskingKey, header.Opcode, header.Fin, true);
    }

    private bool TryAdmit(in FrameHeader header)
    {
        ProtocolFault fault = FrameRules.Check(header, _expectMasked, midMessage: _messageOpcode != Opcode.Continuation, mayCompress: Inflater is not null);
        if (!fault.IsFault && !header.IsControl) fault = BeginFragment(header);
        if (fault.IsFault) Fail(fault);
        return !fault.IsFault;
    }

    private ProtocolFault BeginFragment(in FrameHeader header)
    {
        if (header.Opcode != Opcode.Continuation) (_messageOpcode, _fragments, _utf8, _isCompressed) = (header.Opcode, 0, default, header.IsCompressed);
        int limit = _isCompressed ? Inflater!.MaxCompressedSize : _maxMessageSize;
        if (header.PayloadLength > limit - _message.Length) return new(CloseCode.MessageTooBig, "message too big");
        return ++_fragments > _maxFragments ? new(CloseCode.MessageTooBig, "too many fragments") : default;
    }

    private Memory<byte> NextPiece(Memory<byte> input, ref int offset)
    {
        Memory<byte> piece = input.Slice(offset, (int)Math.Min(_missing, input.Length - offset));
        offset += piece.Length;
        _missing -= piece.Length;
        _isInPayload = _missing > 0;
        return piece;
    }

    private FrameEvent AppendControl(Memory<byte> piece, ref ReadOnlyMemory<byte> payload)
    {
        if (!TryComplete(ref _control, piece, isLast: !_isInPayload, ref payload)) return FrameEvent.NeedMore;
        return _opcode switch
        {
            Opcode.Ping => FrameEvent.Ping,
            Opcode.Pong => FrameEvent.Pong,
            _ => FrameEvent.Close,
        };
    }

    private FrameEvent AppendData(Memory<byte> piece, bool isAscii, ref ReadOnlyMemory<byte> payload)
    {
        bool isLast = _fin && !_isInPayload;
        if (_isCompressed) return AppendCompressed(piece, isLast, ref payload);
        bool isText = _messageOpcode == Opcode.Text;
        if (isText && !IsValidText(piece.Span, isAscii, isLast)) return Fail(InvalidText);
        if (!TryComplete(ref _message, piece, isLast, ref payload)) return FrameEvent.NeedMore;
        _messageOpcode = Opcode.Continuation;
        return isText ? FrameEvent.Text : FrameEvent.Binary;
    }

    // Gathered whole and inflated at once: an inflater that waited for the rest would be one a peer.
    private FrameEvent AppendCompressed(Memory<byte> piece, bool isLast, ref ReadOnlyMemory<byte> payload)
    {
        if (!TryComplete(ref _message, piece, isLast, ref payload)) return FrameEvent.NeedMore;
        ProtocolFault fault = Inflater!.Inflate(payload.Span, ref _message);
        ReturnLent();
        if (fault.IsFault) return Fail(fault);

        payload = _message.Take(out _lent);
        bool isText = _messageOpcode == Opcode.Text;
        _messageOpcode = Opcode.Continuation;
        if (isText) return Utf8.IsValid(payload.Span) ? FrameEvent.Text : Fail(InvalidText);
        return FrameEvent.Binary;
    }

    private bool IsValidText(ReadOnlySpan<byte> piece, bool isAscii, bool isLast)
    {
        bool isValid = isAscii ? _utf8.TryAppendAscii(piece.IsEmpty) : _utf8.TryAppend(piece);
        return isValid && (_utf8.IsComplete || !isLast);
    }

    private bool TryComplete(ref GatherBuffer gathered, Memory<byte> piece, bool isLast, ref ReadOnlyMemory<byte> payload)
    {
        if (isLast && gathered.Length == 0)
        {
            payload = piece;
            return true;
        }
        gathered.Append(piece.Span);
        if (isLast) payload = gathered.Take(out _lent);
        return isLast;
    }

    private FrameEvent Fail(ProtocolFault fault)
    {
        _fault = fault;
        _mayComeWhole = false;
        return FrameEvent.Fault;
    }

    private void ReturnLent()
    {
        if (_lent is null) return;
        ArrayPool<byte>.Shared.Return(_lent);
        _lent = null;
    }

    private static ProtocolFault InvalidText => new(CloseCode.InvalidPayload, "text is not UTF-8");

    [InlineArray(FrameHeader.MaxLength)]
    private struct HeaderBytes
    {
        private byte _element;
    }
}
