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
            if (!ReplyEnvelope.TryRead(message.Payload.Span, out var envelope)) return false;
            if (!_waiting.Remove(envelope.Id, out var reply)) return false;
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
