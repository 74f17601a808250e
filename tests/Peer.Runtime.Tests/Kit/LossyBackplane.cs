namespace Peers.Tests.Kit;

/// <summary>A node's connection to a backplane, which loses or holds what it publishes where a test says so.</summary>
internal sealed class LossyBackplane(IBackplane inner) : IBackplane
{
    private volatile bool _isDead;

    // Publisher only.
    private Task _last = Task.CompletedTask;

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

    /// <summary>What everything that is published waits for.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public ValueTask StartAsync(IBackplaneSink sink, CancellationToken cancellationToken) => inner.StartAsync(sink, cancellationToken);

    public ValueTask SubscribeAsync(string channel, CancellationToken cancellationToken) => inner.SubscribeAsync(channel, cancellationToken);

    public ValueTask UnsubscribeAsync(string channel, CancellationToken cancellationToken) => inner.UnsubscribeAsync(channel, cancellationToken);

    public ValueTask PublishAsync(string channel, ReadOnlyMemory<byte> message)
    {
        if (IsDead || (LosesPayload is { } lost && message.Span.EndsWith(lost))) return default;
        return _last.IsCompleted && Gate.IsCompleted ? inner.PublishAsync(channel, message) : new(_last = PublishLaterAsync(_last, channel, message));
    }

    public ValueTask CloseAsync() => inner.CloseAsync();

    private async Task PublishLaterAsync(Task before, string channel, ReadOnlyMemory<byte> message)
    {
        await before;
        await Gate;
        await inner.PublishAsync(channel, message);
    }
}
