namespace Peers.Tests.Kit;

/// <summary>A node's connection to a backplane, which loses what it publishes where a test says so.</summary>
internal sealed class LossyBackplane(IBackplane inner) : IBackplane
{
    private volatile bool _isDead;

    public string Name => inner.Name;

    public int MaxMessageBytes => inner.MaxMessageBytes;

    /// <summary>Whether nobody hears this node any more.</summary>
    public bool IsDead
    {
        get => _isDead;
        set => _isDead = value;
    }

    /// <summary>What ends so is lost.</summary>
    public byte[]? LosesPayload { get; set; }

    public ValueTask StartAsync(IBackplaneSink sink, CancellationToken cancellationToken) => inner.StartAsync(sink, cancellationToken);

    public ValueTask SubscribeAsync(string channel, CancellationToken cancellationToken) => inner.SubscribeAsync(channel, cancellationToken);

    public ValueTask UnsubscribeAsync(string channel, CancellationToken cancellationToken) => inner.UnsubscribeAsync(channel, cancellationToken);

    public ValueTask PublishAsync(string channel, ReadOnlyMemory<byte> message) =>
        IsDead || (LosesPayload is { } lost && message.Span.EndsWith(lost)) ? default : inner.PublishAsync(channel, message);

    public ValueTask CloseAsync() => inner.CloseAsync();
}
