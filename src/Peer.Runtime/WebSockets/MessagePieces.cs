using System.Runtime.CompilerServices;
using System.Text.Unicode;

namespace Peers.WebSockets;

/// <summary>What <see cref="MessageAssembler"/> needs while something is half done: a header, a frame, a message, a payload that is lent, a connection at fault.</summary>
/// <remarks>A connection has one no longer than that; a thread keeps one for the next.</remarks>
internal sealed class MessagePieces
{
    [ThreadStatic]
    private static MessagePieces? t_spare;

    // The connection's, while it has this.
    private bool _expectMasked;
    private int _maxMessageSize;
    private int _maxFragments;
    private MessageInflater? _inflater;

    private ProtocolFault _fault;

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

    /// <summary>What is wrong with text that is not UTF-8.</summary>
    public static ProtocolFault InvalidText => new(CloseCode.InvalidPayload, "text is not UTF-8");

    /// <summary>Whether nothing is half done.</summary>
    public bool IsEmpty => _headerLength == 0 && !_isInPayload && _messageOpcode == Opcode.Continuation && _lent is null && !_fault.IsFault;

    public ProtocolFault Fault => _fault;

    public long AnnouncedLength => _message.Length + _missing;

    public long MissingPayload => _isInPayload ? _missing : 0;

    public bool OwnsPayload => _lent is not null;

    /// <summary>Takes this thread's, or makes one.</summary>
    public static MessagePieces Rent(bool expectMasked, int maxMessageSize, int maxFragments, MessageInflater? inflater)
    {
        MessagePieces pieces = t_spare ?? new();
        t_spare = null;
        (pieces._expectMasked, pieces._maxMessageSize, pieces._maxFragments, pieces._inflater) = (expectMasked, maxMessageSize, maxFragments, inflater);
        return pieces;
    }

    /// <summary>Gives one back that is empty.</summary>
    public static void Return(MessagePieces pieces)
    {
        pieces._inflater = null;
        t_spare = pieces;
    }

    /// <inheritdoc cref="MessageAssembler.Read"/>
    public FrameEvent Read(Memory<byte> input, ref int offset, out ReadOnlyMemory<byte> payload)
    {
        ReturnLent();
        payload = default;
        return _fault.IsFault ? FrameEvent.Fault : NextEvent(input, ref offset, ref payload);
    }

    /// <inheritdoc cref="MessageAssembler.SkipToClose"/>
    public bool SkipToClose(ReadOnlySpan<byte> input)
    {
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

    /// <summary>Hands over the buffer under the last payload; null where there is none.</summary>
    public byte[]? TakeBuffer()
    {
        byte[]? buffer = _lent;
        _lent = null;
        return buffer;
    }

    /// <summary>Returns what is rented.</summary>
    public void ReturnBuffers()
    {
        ReturnLent();
        _message.Return();
        _control.Return();
    }

    /// <summary>Notes what is wrong: nothing more is read.</summary>
    public FrameEvent Fail(ProtocolFault fault)
    {
        _fault = fault;
        return FrameEvent.Fault;
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
        ProtocolFault fault = FrameRules.Check(header, _expectMasked, midMessage: _messageOpcode != Opcode.Continuation, mayCompress: _inflater is not null);
        if (!fault.IsFault && !header.IsControl) fault = BeginFragment(header);
        if (fault.IsFault) Fail(fault);
        return !fault.IsFault;
    }

    private ProtocolFault BeginFragment(in FrameHeader header)
    {
        if (header.Opcode != Opcode.Continuation) (_messageOpcode, _fragments, _utf8, _isCompressed) = (header.Opcode, 0, default, header.IsCompressed);
        int limit = _isCompressed ? _inflater!.MaxCompressedSize : _maxMessageSize;
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
        if (_inflater!.IsStopped) return SkipCompressed(isLast);
        if (!TryComplete(ref _message, piece, isLast, ref payload)) return FrameEvent.NeedMore;
        ProtocolFault fault = _inflater.Inflate(payload.Span, ref _message);
        ReturnLent();
        if (fault.IsFault) return Fail(fault);

        payload = _message.Take(out _lent);
        bool isText = _messageOpcode == Opcode.Text;
        _messageOpcode = Opcode.Continuation;
        if (isText) return Utf8.IsValid(payload.Span) ? FrameEvent.Text : Fail(InvalidText);
        return FrameEvent.Binary;
    }

    private FrameEvent SkipCompressed(bool isLast)
    {
        _message.Return();
        if (isLast) _messageOpcode = Opcode.Continuation;
        return FrameEvent.NeedMore;
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

    private void ReturnLent()
    {
        if (_lent is null) return;
        Buffers.Return(_lent);
        _lent = null;
    }

    [InlineArray(FrameHeader.MaxLength)]
    private struct HeaderBytes
    {
        private byte _element;
    }
}
