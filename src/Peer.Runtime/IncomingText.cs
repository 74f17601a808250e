using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Peers;

/// <summary>One text message on its way to its hook. Generated code asks for its type, reads the message, calls the hook and answers.</summary>
public ref struct IncomingText
{
    private readonly PeerConnection _connection;
    private MessageReadError _error;
    private string? _refusal;

    internal IncomingText(PeerConnection connection, ReadOnlyMemory<byte> utf8)
    {
        _connection = connection;
        Utf8 = utf8;
    }

    /// <summary>The peer that sent it.</summary>
    public readonly Peer Peer => _connection.Peer;

    /// <summary>The payload, checked UTF-8, valid until the hook's task ends.</summary>
    public ReadOnlyMemory<byte> Utf8 { get; }

    /// <summary>Finds the value of <c>type</c>, unescaped; empty where the text is not an object with a string of that name.</summary>
    public ReadOnlySpan<byte> Type => MessageEnvelope.TryReadType(Utf8.Span, out var type, out _error) ? type : default;

    /// <summary>Whether a type stands for a message of this name.</summary>
    public static bool Holds<T>(ReadOnlySpan<byte> type) where T : IMessageUnion<T> => T.Holds(type);

    /// <summary>Reads the message, and its <c>$id</c> with it. Where that fails, return <see cref="Invalid"/>.</summary>
    public bool TryRead<T>([MaybeNullWhen(false)] out T message) where T : IMessage<T>
    {
        var reader = new MessageReader(Utf8.Span);
        if (!MessageSerializer.TryRead(ref reader, out message))
        {
            _error = reader.Error;
            return false;
        }

        _connection.BeginMessage(T.Type, reader.RequestId);
        return true;
    }

    /// <summary>Answers a text that is not JSON (1007) or does not fit its message (<c>$error</c>, <c>invalid</c>).</summary>
    public readonly ValueTask Invalid() => Reject("invalid", Describe());

    /// <summary>Answers a text that names no message of this handler: 1007 if it is not JSON, else <c>$error</c>.</summary>
    public readonly ValueTask Unknown() => Reject("unknown-type", "No message of this type is known here.");

    /// <summary>Opens a stream of replies to this message, before its hook is called. Where that fails, return <see cref="Refuse"/>.</summary>
    public bool TryOpenStream<T>([NotNullWhen(true)] out PeerStream<T>? stream) where T : IMessage<T>
    {
        stream = _connection.OpenStream<T>(out _refusal);
        return stream is not null;
    }

    /// <summary>Answers a message whose stream was not opened: <c>busy</c>, or <c>invalid</c> where one of its <c>$id</c> is running.</summary>
    public readonly ValueTask Refuse() => _connection.RefuseStreamAsync(_refusal);

    /// <summary>Ends the stream that a <c>$cancel</c> names by its <c>$id</c>. One that has ended by itself meanwhile is no mistake.</summary>
    public readonly ValueTask Cancel()
    {
        if (!MessageEnvelope.TryScan(Utf8.Span, out _, out var requestId, out _) || requestId.IsEmpty) return Reject("invalid", "The $id of what is to be cancelled is missing.");
        _connection.CancelStream(requestId);
        return default;
    }

    /// <summary>Sends what a hook returned: the reply, where the message had an <c>$id</c>.</summary>
    public readonly ValueTask Reply<T>(in T message) where T : IMessage<T>
    {
        _connection.Reply(in message);
        return default;
    }

    /// <summary>Sends what a hook returns, when it is there.</summary>
    public readonly ValueTask ReplyAsync<T>(ValueTask<T> message) where T : IMessage<T>
    {
        if (!message.IsCompletedSuccessfully) return ReplyAsync(_connection, message);
        var result = message.Result;
        return Reply(in result);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private static async ValueTask ReplyAsync<T>(PeerConnection connection, ValueTask<T> pending) where T : IMessage<T>
    {
        var message = await pending;
        connection.Reply(in message);
    }

    private readonly ValueTask Reject(string code, string reason)
    {
        var isJson = MessageEnvelope.TryScan(Utf8.Span, out var type, out var id, out var error);
        if (isJson) _connection.BeginMessage(type: null, id);
        if (isJson && type.IsEmpty) (code, reason) = ("invalid", "The message has no type.");
        return _connection.RejectAsync(code, type.IsEmpty ? null : Shorten(type), isJson ? reason : error.ToString(), isJson);
    }

    private readonly string Describe()
    {
        if (_error.Kind != MessageReadErrorKind.Invalid) return _error.ToString();
        var member = MessageEnvelope.MemberAt(Utf8.Span, _error.Position);
        return member.IsEmpty ? _error.ToString() : $"{Shorten(member)}: {_error}";
    }

    // It came from the wire and goes to a log.
    private static string Shorten(ReadOnlySpan<byte> name) => LogText.Clean(name, maxLength: 64);
}
