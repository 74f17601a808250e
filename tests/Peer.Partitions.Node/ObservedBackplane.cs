namespace Peers.Partitions.Node;

/// <summary>A backplane that notes since when the server has a subscription, and until when: what is published before is promised to no subscriber of this node.</summary>
public sealed class ObservedBackplane(IBackplane inner, SubscriptionLog subscriptions) : IBackplane
{
    /// <inheritdoc/>
    public string Name => inner.Name;

    /// <inheritdoc/>
    public int MaxMessageBytes => inner.MaxMessageBytes;

    /// <inheritdoc/>
    public bool IsConnected => inner.IsConnected;

    /// <inheritdoc/>
    public ValueTask StartAsync(IBackplaneSink sink, CancellationToken cancellationToken) => inner.StartAsync(sink, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask SubscribeAsync(string channel, CancellationToken cancellationToken)
    {
        await inner.SubscribeAsync(channel, cancellationToken);
        subscriptions.Add("subscribed", channel);
    }

    /// <inheritdoc/>
    public ValueTask UnsubscribeAsync(string channel, CancellationToken cancellationToken)
    {
        subscriptions.Add("unsubscribed", channel);
        return inner.UnsubscribeAsync(channel, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask PublishAsync(string channel, ReadOnlyMemory<byte> message) => inner.PublishAsync(channel, message);

    /// <inheritdoc/>
    public ValueTask CloseAsync() => inner.CloseAsync();
}
