using System.Globalization;
using System.Threading.Channels;

namespace Peers;

/// <summary>The requests of one client that wait for their replies, by <c>$id</c>.</summary>
internal sealed class Replies
{
    private readonly Lock _lock = new();

    // Guarded by _lock.
    private readonly Dictionary<long, Expected> _expected = [];
    private long _lastId;
    private bool _isOver;

    /// <summary>Begins a request.</summary>
    /// <param name="isStream">Whether replies come until there is an end or an error; else one.</param>
    /// <returns>Its id, and its replies, which end early when the connection does.</returns>
    public (long Id, ChannelReader<Message> Replies) Begin(bool isStream = false)
    {
        var expected = new Expected(Channel.CreateUnbounded<Message>(), isStream);
        lock (_lock)
        {
            if (_isOver) expected.Replies.Writer.Complete();
            else _expected.Add(++_lastId, expected);
            return (_lastId, expected.Replies.Reader);
        }
    }

    /// <summary>Takes a message that is the reply to a request.</summary>
    /// <returns>False where it is none.</returns>
    public bool TryTake(Message message)
    {
        lock (_lock)
        {
            if (_expected.Count == 0 || message.Kind != MessageKind.Text) return false;
            if (!ReplyEnvelope.TryRead(message.Payload.Span, out var envelope)) return false;
            if (!_expected.TryGetValue(envelope.Id, out var expected)) return false;
            expected.Replies.Writer.TryWrite(message);
            if (!expected.IsStream || envelope.Kind != ReplyKind.Message) End(envelope.Id, expected);
            return true;
        }
    }

    /// <summary>Nothing comes any more.</summary>
    public void End()
    {
        lock (_lock)
        {
            _isOver = true;
            foreach (var (id, expected) in _expected) End(id, expected);
        }
    }

    /// <summary>A message as it goes out, with the <c>$id</c> that it asks by, or the <c>$re</c> that it answers.</summary>
    public static byte[] Write<T>(in T message, ReadOnlySpan<byte> id, bool isRequest) where T : IMessage<T>
    {
        var buffer = MessageBuffer.Rent();
        try
        {
            buffer.Write(in message, id, isRequest);
            return buffer.PayloadSpan.ToArray();
        }
        finally
        {
            buffer.Return();
        }
    }

    /// <summary>An id as it goes out.</summary>
    public static byte[] Token(long id) => System.Text.Encoding.UTF8.GetBytes(id.ToString(CultureInfo.InvariantCulture));

    private void End(long id, Expected expected)
    {
        _expected.Remove(id);
        expected.Replies.Writer.Complete();
    }

    private sealed record Expected(Channel<Message> Replies, bool IsStream);
}
