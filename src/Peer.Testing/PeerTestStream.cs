using System.Threading.Channels;

namespace Peers;

/// <summary>A stream of replies that a client has asked for with <see cref="PeerTestClient.RequestStream"/>.</summary>
/// <remarks>For one reader at a time. <c>await foreach</c> reads it to its end; leaving the loop earlier cancels it, and so does disposing.</remarks>
/// <typeparam name="T">The message that each item is.</typeparam>
public sealed class PeerTestStream<T> : IAsyncEnumerable<T>, IAsyncDisposable where T : IMessage<T>
{
    private readonly PeerTestClient _client;
    private readonly ChannelReader<Message> _replies;
    private readonly string _request;
    private readonly long _id;

    internal PeerTestStream(PeerTestClient client, ChannelReader<Message> replies, string request, long id) =>
        (_client, _replies, _request, _id) = (client, replies, request, id);

    private bool HasEnded => _replies.Completion.IsCompleted;

    /// <summary>Takes the next item.</summary>
    /// <param name="timeout">How long to wait, in real time; <see cref="PeerTestHost.Patience"/> where it is left out.</param>
    /// <exception cref="PeerTestRequestException">The stream has ended with an error: its <see cref="PeerTestRequestException.Code"/> says which.</exception>
    /// <exception cref="PeerTestException">The stream has ended, or the item is another message.</exception>
    /// <exception cref="PeerTestClosedException">The connection is over.</exception>
    /// <exception cref="TimeoutException">Nothing came.</exception>
    public async Task<T> ReceiveAsync(TimeSpan? timeout = null)
    {
        var what = $"an item '{T.Type}' of the stream '{_request}'";
        return _client.ReadItem<T>(await TakeAsync(what, timeout), what, _request, out var item) ? item : throw new PeerTestException($"Expected {what}, but it has ended.");
    }

    /// <summary>Waits for the end, which must be the next that comes.</summary>
    /// <inheritdoc cref="ReceiveAsync"/>
    /// <exception cref="PeerTestException">An item came; it is taken.</exception>
    public async Task ReceiveEndAsync(TimeSpan? timeout = null)
    {
        var what = $"the end of the stream '{_request}'";
        if (_client.ReadItem<T>(await TakeAsync(what, timeout), what, _request, out var item)) throw new PeerTestException($"Expected {what}, but {item} came.");
    }

    /// <summary>Says that no more is wanted (<c>$cancel</c>) and waits until the server has ended the stream. What it sent before is dropped.</summary>
    /// <exception cref="PeerTestRequestException">The stream has ended with an error of another kind.</exception>
    /// <exception cref="TimeoutException">The server does not end it: its hook does not heed its token.</exception>
    public async Task CancelAsync()
    {
        _client.Cancel(_id);
        try
        {
            while (_client.ReadItem<T>(await TakeAsync($"the end of the stream '{_request}'", timeout: null), "an item", _request, out _)) { }
        }
        catch (PeerTestRequestException cancelled) when (cancelled.Code == "cancelled")
        {
            // As it was meant.
        }
        catch (PeerTestClosedException)
        {
            // So has the stream.
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        await using var cancelling = this;
        var what = $"an item '{T.Type}' of the stream '{_request}'";
        while (_client.ReadItem<T>(await TakeAsync(what, timeout: null).WaitAsync(cancellationToken), what, _request, out var item)) yield return item;
    }

    /// <summary>As <see cref="CancelAsync"/>, unless the stream has ended.</summary>
    public ValueTask DisposeAsync() => HasEnded ? default : new(CancelAsync());

    private Task<Message> TakeAsync(string what, TimeSpan? timeout) => _client.TakeNextAsync(_replies, what, timeout);
}
