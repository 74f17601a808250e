using System.Diagnostics;
using Peers.Transports;

namespace Peers;

/// <summary>A stream of replies that a hook has been called for. Generated code opens and runs it.</summary>
public abstract class PeerStream
{
    private readonly CancellationTokenSource _cancellation = new();
    private readonly byte[] _requestId;
    private bool _isCancelledByClient;

    private protected PeerStream(PeerConnection connection, string? messageType, ReadOnlySpan<byte> requestId) =>
        (Connection, MessageType, _requestId) = (connection, messageType, requestId.ToArray());

    /// <summary>Cancelled when the client has sent <c>$cancel</c>, when the peer leaves, and when this end closes it.</summary>
    public CancellationToken Cancelled => _cancellation.Token;

    /// <summary>The <c>type</c> of the message that asked for it; null where it was raw text.</summary>
    internal string? MessageType { get; }

    /// <summary>The raw token of the <c>$id</c> that it answers; empty for none.</summary>
    internal ReadOnlySpan<byte> RequestId => _requestId;

    internal bool IsCancelledByClient => Volatile.Read(ref _isCancelledByClient);

    private protected PeerConnection Connection { get; }

    /// <summary>Cancels what enumerates. Never runs foreign code on the caller's thread.</summary>
    internal void Cancel(bool byClient)
    {
        if (byClient) Volatile.Write(ref _isCancelledByClient, true);
        _ = _cancellation.CancelAsync();
    }
}

/// <summary>A stream of replies of one type.</summary>
/// <typeparam name="T">The message that each item is.</typeparam>
public sealed class PeerStream<T> : PeerStream where T : IMessage<T>
{
    // So long items gather before they leave; what takes longer to bring about than this is not waited for.
    private static readonly TimeSpan s_stretch = TimeSpan.FromMilliseconds(1);

    // Whether the enumerator's current item still has to be sent, and what must be waited for before that.
    private bool _isHeld;
    private long _drain;

    internal PeerStream(PeerConnection connection, string? messageType, ReadOnlySpan<byte> requestId) : base(connection, messageType, requestId)
    {
    }

    /// <summary>Enumerates what a hook returned, and sends each item when what waits for the peer has drained.</summary>
    /// <remarks>What is there at once is sent by the calling thread, in its turn. Whatever the enumerator throws ends up with the peer's error hook.</remarks>
    /// <returns>Completed: the hook is over, the enumeration goes on beside later ones.</returns>
    public ValueTask Run(IAsyncEnumerable<T> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        if (Connection.TryBegin(this)) _ = RunAsync(items);
        return default;
    }

    private async Task RunAsync(IAsyncEnumerable<T> items)
    {
        Exception? failure = null;
        try
        {
            await EnumerateAsync(items);
        }
        catch (Exception exception)
        {
            failure = exception;
        }

        Connection.End(this, failure);
    }

    private async Task EnumerateAsync(IAsyncEnumerable<T> items)
    {
        await using var enumerator = items.GetAsyncEnumerator(Cancelled);
        var next = enumerator.MoveNextAsync();
        while (await next.ConfigureAwait(false))
        {
            next = SendReady(enumerator);
            if (_isHeld && !await WaitAsync()) return;
        }
    }

    // Sends the current item and those that follow at once, in one turn, which must not be awaited in. Returns the move that is to be waited for.
    private ValueTask<bool> SendReady(IAsyncEnumerator<T> items)
    {
        ValueTask<bool> next;
        using (Turn.Enter()) next = SendWhileReady(items, Stopwatch.GetTimestamp());
        return next;
    }

    private ValueTask<bool> SendWhileReady(IAsyncEnumerator<T> items, long started)
    {
        _isHeld = false;
        while (!Cancelled.IsCancellationRequested)
        {
            if (!TrySend(items.Current)) return new(_isHeld);

            var next = items.MoveNextAsync();
            if (!next.IsCompletedSuccessfully) return next;
            if (!next.Result) return new(false);
            if (Stopwatch.GetElapsedTime(started) > s_stretch) return new(Hold(until: long.MaxValue));
        }

        return new(false);
    }

    private bool TrySend(in T item)
    {
        if (Connection.Output.BufferedBytes > Connection.StreamThreshold) return !Hold(until: Connection.StreamThreshold);
        switch (Connection.SendItem(in item, RequestId))
        {
            case AppendResult.Dropped:
                return !Hold(until: 0);
            case AppendResult.TooLong:
                throw new InvalidOperationException($"A '{T.Type}' of a stream is longer than MaxBufferedBytes.");
            case AppendResult.Closed:
                return false;
            default:
                return true;
        }
    }

    private bool Hold(long until)
    {
        _drain = until;
        return _isHeld = true;
    }

    // False when the peer is gone. The thread is let go in any case: it may be the one that reads for the peer.
    private async ValueTask<bool> WaitAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        return await Connection.Output.WaitForDrainAsync(_drain, Cancelled);
    }
}
