using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Peers;

/// <summary>The requests of one client that wait for their replies, by <c>$id</c>.</summary>
internal sealed class Replies
{
    private readonly Lock _lock = new();

    // Guarded by _lock.
    private readonly Dictionary<long, TaskCompletionSource<Message?>> _waiting = [];
    private long _lastId;
    private bool _isOver;

    /// <summary>Begins a request.</summary>
    /// <returns>Its id, and its reply: null when the connection ends without one.</returns>
    public (long Id, Task<Message?> Reply) Begin()
    {
        var reply = new TaskCompletionSource<Message?>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_isOver) reply.SetResult(null);
            else _waiting.Add(++_lastId, reply);
            return (_lastId, reply.Task);
        }
    }

    /// <summary>Takes a message that is the reply to a request.</summary>
    /// <returns>False where it is none.</returns>
    public bool TryTake(Message message)
    {
        lock (_lock)
        {
            if (_waiting.Count == 0 || message.Kind != MessageKind.Text) return false;
            if (!ReplyEnvelope.TryRead(message.Payload.Span, out var envelope) || envelope.Id is not { } id) return false;
            if (!_waiting.Remove(id, out var reply)) return false;
            reply.TrySetResult(message);
            return true;
        }
    }

    /// <summary>Nothing comes any more.</summary>
    public void End()
    {
        lock (_lock)
        {
            _isOver = true;
            foreach (var reply in _waiting.Values) reply.TrySetResult(null);
            _waiting.Clear();
        }
    }

    /// <summary>A message as it goes out, with a <c>$id</c> behind its type.</summary>
    public static byte[] WithId(ReadOnlySpan<byte> message, long id)
    {
        var end = EndOfType(message);
        return [.. message[..end], .. Encoding.UTF8.GetBytes($",\"$id\":{id}"), .. message[end..]];
    }

    // Messages are written with their type first: {"type":"…"
    private static int EndOfType(ReadOnlySpan<byte> message)
    {
        var at = "{\"type\":\""u8.Length;
        while (message[at] != '"') at += message[at] == '\\' ? 2 : 1;
        return at + 1;
    }
}

/// <summary>What tells a reply from other messages, and an error from other replies.</summary>
internal readonly record struct ReplyEnvelope(string? Type, long? Id, string? Code, string? Text)
{
    /// <summary>Whether it is the protocol's own answer to what cannot be answered otherwise.</summary>
    [MemberNotNullWhen(true, nameof(Code), nameof(Text))]
    public bool IsError => Type == "$error" && Code is not null && Text is not null;

    /// <summary>Reads the envelope of any text.</summary>
    /// <returns>False where the text is no JSON object.</returns>
    public static bool TryRead(ReadOnlySpan<byte> utf8, out ReplyEnvelope envelope)
    {
        envelope = default;
        var reader = new MessageReader(utf8);
        if (!reader.TryReadObjectStart()) return false;
        while (reader.TryReadName())
        {
            envelope = ReadMember(ref reader, envelope);
            if (reader.HasFailed) return false;
        }

        return !reader.HasFailed;
    }

    private static ReplyEnvelope ReadMember(ref MessageReader reader, ReplyEnvelope envelope)
    {
        if (reader.NameIs("$re"u8)) return envelope with { Id = reader.TryRead(out long id) ? id : null };
        if (reader.NameIs("type"u8)) return envelope with { Type = ReadText(ref reader) };
        if (envelope.Type != "$error" || !(reader.NameIs("code"u8) || reader.NameIs("message"u8)))
        {
            reader.TrySkip();
            return envelope;
        }

        return reader.NameIs("code"u8) ? envelope with { Code = ReadText(ref reader) } : envelope with { Text = ReadText(ref reader) };
    }

    private static string? ReadText(ref MessageReader reader) => reader.TryRead(out string? text) ? text : null;
}
