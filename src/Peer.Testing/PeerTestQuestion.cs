namespace Peers;

/// <summary>A request of the server's (<c>Peer.RequestAsync</c>) that a client has received with <see cref="PeerTestClient.ReceiveRequestAsync"/>.</summary>
/// <typeparam name="T">What is asked.</typeparam>
public sealed class PeerTestQuestion<T> where T : IMessage<T>
{
    private readonly PeerTestClient _client;
    private readonly byte[] _id;

    internal PeerTestQuestion(PeerTestClient client, T message, byte[] id) => (_client, Message, _id) = (client, message, id);

    /// <summary>What is asked.</summary>
    public T Message { get; }

    /// <summary>Answers with a message.</summary>
    /// <exception cref="PeerTestClosedException">The connection is over, or this client has begun to close it.</exception>
    public Task ReplyAsync<TReply>(in TReply reply) where TReply : IMessage<TReply> => _client.SendJson(Replies.Write(in reply, _id, isRequest: false));

    /// <summary>Answers with <c>$error</c>.</summary>
    /// <param name="code">Its code, such as <c>unauthorized</c>.</param>
    /// <param name="message">What a person may read.</param>
    /// <exception cref="PeerTestClosedException">The connection is over, or this client has begun to close it.</exception>
    public Task RefuseAsync(string code, string message = "")
    {
        var buffer = MessageBuffer.Rent();
        try
        {
            buffer.WriteError(_id, code, message);
            return _client.SendJson(buffer.PayloadSpan);
        }
        finally
        {
            buffer.Return();
        }
    }
}
