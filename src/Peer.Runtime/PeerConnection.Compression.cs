using Peers.Transports;
using Peers.WebSockets;

namespace Peers;

// Compression, RFC 7692: what was agreed on with the client, and which messages go to it in which form.
public sealed partial class PeerConnection
{
    // Null where nothing was agreed on. Set before the connection is open.
    private MessageDeflater? _deflater;

    internal string Extensions => _deflater?.Extensions ?? "";

    private void AgreeOnCompression(UpgradeRequest request)
    {
        var options = Options.Compression;
        if (!options.Enabled || request.Header("Sec-WebSocket-Extensions") is not { } offers) return;

        var codec = options.GetCodec();
        if (!DeflateParameters.TryNegotiate(offers, options, codec.HasWindows, out var agreed)) return;
        _deflater = new(codec, options, agreed.ServerWindowBits, agreed.ServerTakesOver) { Extensions = agreed.Response };
        _output.TakesForms = true;
        _assembler.Inflater = new(codec, Options.MaxMessageSize, agreed.ClientTakesOver ? agreed.ClientWindowBits : 0);
    }

    private AppendResult AppendMessage(OutputKind kind, Opcode opcode, ReadOnlySpan<byte> payload, bool compress)
    {
        if (_deflater is not { } deflater || _output.IsSealed || !deflater.Wants(payload.Length, compress)) return AppendFrame(kind, opcode, payload, isCompressed: false);
        if (!deflater.TakesOver) return AppendDeflated(deflater, kind, opcode, payload);

        // A message refers to those before it on the wire: to compress and to append are one step.
        lock (deflater.Order) return AppendDeflated(deflater, kind, opcode, payload);
    }

    private AppendResult AppendDeflated(MessageDeflater deflater, OutputKind kind, Opcode opcode, ReadOnlySpan<byte> payload)
    {
        var buffer = Buffers.Rent<byte>(DeflateCodec.Room(payload.Length));
        try
        {
            var length = deflater.Deflate(payload, buffer);
            if (length < 0) return AppendFrame(kind, opcode, payload, isCompressed: false);

            var result = AppendFrame(kind, opcode, buffer.AsSpan(0, length), isCompressed: true);
            if (result is AppendResult.Queued or AppendResult.Backpressured) deflater.Remember(payload);
            return result;
        }
        finally
        {
            Buffers.Return(buffer);
        }
    }

    AppendResult IOutputOwner.AppendForm(SharedFrame frame, OutputKind kind)
    {
        if (_deflater is not { } deflater || _output.IsSealed || !deflater.Wants(frame.Payload.Length, frame.Compress)) return _output.Append(frame, kind);
        if (!deflater.TakesOver) return _output.Append(FormFor(deflater, frame), kind);

        // What may be dropped while it waits must not be referred to: it goes as it is, and is no part of the context.
        if (Options.SlowPeerPolicy is SlowPeerPolicy.DropOldest or SlowPeerPolicy.KeepLatest) return _output.Append(frame, kind);
        return AppendMessage(kind, OpcodeOf(frame), frame.Payload, compress: true);
    }

    // Made for the first subscriber that can read it, and there for the others.
    private static SharedFrame FormFor(MessageDeflater deflater, SharedFrame frame)
    {
        var index = deflater.FormOf(frame.Payload.Length) - CompressionOptions.SmallestWindowBits;
        return frame.FormAt(index) ?? frame.SetForm(index, Deflate(deflater, frame));
    }

    // Null where the frame as it is cannot be bettered.
    private static SharedFrame? Deflate(MessageDeflater deflater, SharedFrame frame)
    {
        var buffer = Buffers.Rent<byte>(DeflateCodec.Room(frame.Payload.Length));
        var length = deflater.Deflate(frame.Payload, buffer);
        var form = length < 0 ? null : Frame(frame.Channel, OpcodeOf(frame), buffer.AsSpan(0, length));
        Buffers.Return(buffer);
        return form;
    }

    private static SharedFrame Frame(string channel, Opcode opcode, ReadOnlySpan<byte> compressed)
    {
        Span<byte> header = stackalloc byte[FrameWriter.MaxHeaderLength];
        header = header[..FrameWriter.WriteHeader(header, opcode, fin: true, compressed.Length, isCompressed: true)];
        return SharedFrame.Create(channel, header, compressed);
    }

    private static Opcode OpcodeOf(SharedFrame frame) => FrameHeader.OpcodeOf(frame.Bytes[0]);
}
