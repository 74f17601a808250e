using System.Buffers;
using System.Text;
using Peers.WebSockets;

namespace Peers.Fuzzing;

/// <summary>RFC 6455 §5 read as plainly as it can be: all bytes at hand, one at a time, nothing shared with the engine that is measured by it.</summary>
internal static class PlainReader
{
    /// <summary>Tells what a stream means, up to a close frame, a fault or its end.</summary>
    /// <param name="stream">All bytes there will ever be.</param>
    /// <param name="fromClient">Whether a client sent them, and so masked them.</param>
    /// <param name="limits">How much a message may be.</param>
    public static List<Event> Read(ReadOnlySpan<byte> stream, bool fromClient, Limits limits)
    {
        List<Event> events = [];
        List<byte> message = [];
        int messageOpcode = 0, fragments = 0;
        while (TryReadHeader(stream, out var header))
        {
            if (!IsAllowed(header, fromClient, messageOpcode != 0)) return [.. events, Event.Fault(CloseCode.ProtocolError)];
            var isControl = header.Opcode >= 8;
            if (!isControl)
            {
                if (header.Opcode != 0) (messageOpcode, fragments) = (header.Opcode, 0);
                if (header.Length > (ulong)(limits.MessageSize - message.Count) || ++fragments > limits.Fragments) return [.. events, Event.Fault(CloseCode.MessageTooBig)];
            }

            byte[] payload = Unmask(stream, header);
            var isWhole = (ulong)payload.Length == header.Length;
            if (isControl && !isWhole) return events;

            stream = stream[(header.Size + payload.Length)..];
            if (isControl)
            {
                events.Add(Event.Of(header.Opcode switch { 8 => FrameEvent.Close, 9 => FrameEvent.Ping, _ => FrameEvent.Pong }, payload));
                if (header.Opcode == 8) return events;
                continue;
            }

            message.AddRange(payload);
            var isLast = header.Fin && isWhole;
            if (messageOpcode == 1 && !MayBeText([.. message], isLast)) return [.. events, Event.Fault(CloseCode.InvalidPayload)];
            if (!isWhole) return events;
            if (!isLast) continue;

            events.Add(Event.Of(messageOpcode == 1 ? FrameEvent.Text : FrameEvent.Binary, [.. message]));
            message.Clear();
            messageOpcode = 0;
        }

        return events;
    }

    /// <summary>Whether a close frame's payload is one, and which fault it is where it is not: §5.5.1, §7.4, and the registry of codes.</summary>
    public static CloseCode FaultOfClose(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty) return default;
        if (payload.Length == 1) return CloseCode.ProtocolError;
        var code = (payload[0] * 256) + payload[1];
        int[] registered = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014];
        if (!registered.Contains(code) && code is < 3000 or > 4999) return CloseCode.ProtocolError;
        return MayBeText(payload[2..], isWhole: true) ? default : CloseCode.InvalidPayload;
    }

    /// <summary>Whether bytes are UTF-8, or its beginning.</summary>
    public static bool MayBeText(ReadOnlySpan<byte> bytes, bool isWhole)
    {
        while (!bytes.IsEmpty)
        {
            var status = Rune.DecodeFromUtf8(bytes, out _, out var length);
            if (status == OperationStatus.NeedMoreData) return !isWhole;
            if (status != OperationStatus.Done) return false;
            bytes = bytes[length..];
        }

        return true;
    }

    private static bool TryReadHeader(ReadOnlySpan<byte> bytes, out Header header)
    {
        header = default;
        if (bytes.Length < 2) return false;
        var small = bytes[1] & 127;
        var field = small switch { 126 => 2, 127 => 8, _ => 0 };
        var isMasked = (bytes[1] & 128) != 0;
        var size = 2 + field + (isMasked ? 4 : 0);
        if (bytes.Length < size) return false;

        ulong length = field == 0 ? (ulong)small : 0;
        foreach (var value in bytes.Slice(2, field)) length = (length << 8) | value;
        header = new(bytes[0], isMasked, field, length, size);
        return true;
    }

    private static bool IsAllowed(in Header header, bool fromClient, bool isMidMessage)
    {
        if ((header.First & 0x70) != 0 || header.IsMasked != fromClient) return false;
        if (header.Length > long.MaxValue) return false;
        if (header.LengthField > 0 && header.Length < (header.LengthField == 2 ? 126u : 65536u)) return false;
        return header.Opcode switch
        {
            0 => isMidMessage,
            1 or 2 => !isMidMessage,
            8 or 9 or 10 => header.Fin && header.Length <= 125,
            _ => false,
        };
    }

    // As much of it as there is.
    private static byte[] Unmask(ReadOnlySpan<byte> stream, in Header header)
    {
        var rest = stream[header.Size..];
        var payload = rest[..(int)Math.Min((ulong)rest.Length, header.Length)].ToArray();
        if (!header.IsMasked) return payload;
        var key = stream.Slice(header.Size - 4, 4);
        for (var i = 0; i < payload.Length; i++) payload[i] ^= key[i % 4];
        return payload;
    }

    private readonly record struct Header(byte First, bool IsMasked, int LengthField, ulong Length, int Size)
    {
        public bool Fin => (First & 0x80) != 0;

        public int Opcode => First & 15;
    }
}
