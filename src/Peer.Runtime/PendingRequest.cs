namespace Peers;

/// <summary>A request that a client has not answered yet.</summary>
/// <param name="type">The <c>type</c> of what was asked.</param>
/// <param name="deadline">The timestamp at which it is too late.</param>
internal abstract class PendingRequest(string type, long deadline)
{
    /// <summary>Its <c>$id</c>. Set once, before it is sent.</summary>
    public long Id { get; set; }

    public string Type => type;

    public long Deadline => deadline;

    /// <summary>Completes it with what the client sent. Never throws, and runs no continuation on this thread.</summary>
    public abstract void Take(ReadOnlySpan<byte> text, in ReplyEnvelope envelope);

    /// <summary>Completes it without a reply.</summary>
    public abstract void Fail(Exception exception);
}

/// <summary>A request that is answered by one type of message.</summary>
internal sealed class PendingRequest<TReply>(string type, long deadline) : PendingRequest(type, deadline) where TReply : IMessage<TReply>
{
    private const int MostOfText = 200;

    private readonly TaskCompletionSource<TReply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<TReply> Task => _reply.Task;

    public override void Take(ReadOnlySpan<byte> text, in ReplyEnvelope envelope)
    {
        if (envelope.Kind == ReplyKind.Error)
        {
            var code = Shorten(envelope.Code);
            Fail(new PeerRequestException(PeerRequestFailure.Refused, $"The peer answered '{Type}' with the error '{code}': {Shorten(envelope.Text)}", code));
            return;
        }

        try
        {
            if (MessageSerializer.TryRead<TReply>(text, out var reply, out var error)) _reply.TrySetResult(reply);
            else Fail(new PeerRequestException(PeerRequestFailure.WrongReply, $"The peer answered '{Type}' with something other than '{TReply.Type}': {error}"));
        }
        catch (Exception exception)
        {
            // The constructor of a message is the application's.
            Fail(exception);
        }
    }

    public override void Fail(Exception exception) => _reply.TrySetException(exception);

    // It came from the wire and may go to a log.
    private static string Shorten(string text) => LogText.Clean(text, MostOfText);
}
