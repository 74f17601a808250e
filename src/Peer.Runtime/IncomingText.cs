using System.Diagnostics.CodeAnalysis;

namespace Peers;

/// <summary>One text message on its way to its hook. Generated code asks it for its type, reads the message, and answers.</summary>
public ref struct IncomingText
{
    private readonly PeerConnection _connection;
    private MessageReader _reader;

    internal IncomingText(PeerConnection connection, ReadOnlyMemory<byte> utf8)
    {
        _connection = connection;
        Utf8 = utf8;
        _reader = new MessageReader(utf8.Span);
    }

    /// <summary>The peer that sent it.</summary>
    public readonly Peer Peer => _connection.Peer;

    /// <summary>The payload, checked UTF-8, valid until the hook's task ends.</summary>
    public ReadOnlyMemory<byte> Utf8 { get; }

    /// <summary>The value of <c>type</c>, unescaped; empty where the text is not an object with a string of that name.</summary>
    public ReadOnlySpan<byte> Type => throw new NotSupportedException();

    /// <summary>Reads the message. Where that fails, return <see cref="Invalid"/>.</summary>
    public bool TryRead<T>([MaybeNullWhen(false)] out T message) where T : IMessage<T> => throw new NotSupportedException();

    /// <summary>Answers a text that is not JSON or does not fit its message.</summary>
    public ValueTask Invalid() => throw new NotSupportedException();

    /// <summary>Answers a text that names no message of this handler.</summary>
    public ValueTask Unknown() => throw new NotSupportedException();

    /// <summary>Sends a hook's return value as the reply.</summary>
    public ValueTask Reply<T>(in T message) where T : IMessage<T> => throw new NotSupportedException();

    /// <summary>Sends a hook's return value as the reply, when it is there.</summary>
    public ValueTask ReplyAsync<T>(ValueTask<T> message) where T : IMessage<T> => throw new NotSupportedException();
}
