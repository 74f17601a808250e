using System.Globalization;

namespace Peers;

// Requests to the client. Their replies go round the hook queue, so that a hook may wait for one.
public sealed partial class PeerConnection
{
    // Null until the client is asked something. Any thread.
    private RequestSet? _requests;

    internal Task<TReply> RequestAsync<TRequest, TReply>(in TRequest message, TimeSpan timeout, CancellationToken cancellation)
        where TRequest : IMessage<TRequest> where TReply : IMessage<TReply>
    {
        if (timeout <= TimeSpan.Zero && timeout != Timeout.InfiniteTimeSpan) throw new ArgumentOutOfRangeException(nameof(timeout), timeout, "A timeout is positive, or Timeout.InfiniteTimeSpan.");
        if (cancellation.IsCancellationRequested) return Task.FromCanceled<TReply>(cancellation);

        var requests = Requests();
        var request = new PendingRequest<TReply>(TRequest.Type, DeadlineAfter(timeout));
        if ((requests.Add(request) ?? Ask(requests, request, in message)) is { } failure) return Task.FromException<TReply>(Failed(failure, TRequest.Type));
        Attend();
        return cancellation.CanBeCanceled ? WaitAsync(requests, request, cancellation) : request.Task;
    }

    private RequestSet Requests()
    {
        if (Volatile.Read(ref _requests) is { } requests) return requests;
        var made = new RequestSet(Options.MaxRequests);
        return Interlocked.CompareExchange(ref _requests, made, null) ?? made;
    }

    private PeerRequestFailure? Ask<TRequest>(RequestSet requests, PendingRequest request, in TRequest message) where TRequest : IMessage<TRequest>
    {
        var isSent = false;
        try
        {
            Span<byte> id = stackalloc byte[20];
            request.Id.TryFormat(id, out var length, provider: CultureInfo.InvariantCulture);
            var status = SendMessage(DirectKind, in message, id[..length], compress: false, isRequest: true);
            isSent = status is SendStatus.Queued or SendStatus.Backpressured;
            return isSent ? null : status == SendStatus.Closed || _output.IsSealed ? PeerRequestFailure.Closed : PeerRequestFailure.NotSent;
        }
        finally
        {
            if (!isSent) requests.Remove(request);
        }
    }

    private static async Task<TReply> WaitAsync<TReply>(RequestSet requests, PendingRequest<TReply> request, CancellationToken cancellation) where TReply : IMessage<TReply>
    {
        try
        {
            return await request.Task.WaitAsync(cancellation);
        }
        finally
        {
            requests.Remove(request);
        }
    }

    private bool TryTakeReply(ReadOnlySpan<byte> text)
    {
        if (Volatile.Read(ref _requests) is not { } requests || !requests.TryTake(text, out var isAwaited)) return false;

        // What was asked for is free, as a pong is.
        if (!isAwaited) IsInRate();
        return true;
    }

    private PeerRequestException Failed(PeerRequestFailure failure, string type)
    {
        if (failure == PeerRequestFailure.TooMany) Metrics.Exceeded(nameof(PeerOptions.MaxRequests));
        return new(failure, TextOf(failure, type));
    }

    private string TextOf(PeerRequestFailure failure, string type) => failure switch
    {
        PeerRequestFailure.TooMany => $"'{type}' was not asked, because MaxRequests ({Options.MaxRequests:N0}) requests are unanswered. Raise PeerOptions.MaxRequests, or wait for replies.",
        PeerRequestFailure.NotSent => $"'{type}' was not asked, because it does not fit into MaxBufferedBytes ({Options.MaxBufferedBytes:N0} bytes) with what waits to be sent.",
        _ => $"'{type}' was not asked, because the peer is closed.",
    };
}
