using System.Buffers;

namespace Peers.Tests.Kit;

/// <summary>A backplane that takes everything at once, and hands on what a test gives it.</summary>
internal sealed class SilentBackplane : IBackplane
{
    private readonly TaskCompletionSource _subscribed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IBackplaneSink? _sink;
    private long _published;
    private int _subscribeCalls;

    public string Name => "silent";

    public int MaxMessageBytes => 1024 * 1024;

    /// <summary>How many messages were published to channels of the application.</summary>
    public long Published => Volatile.Read(ref _published);

    /// <summary>Completes when a channel of the application was subscribed to.</summary>
    public Task WhenSubscribed => _subscribed.Task;

    /// <summary>How many subscriptions to channels of the application were requested, those that failed among them.</summary>
    public int SubscribeCalls => Volatile.Read(ref _subscribeCalls);

    /// <summary>What the subscription to a channel of the application waits for, and fails by.</summary>
    public Task Subscribing { get; set; } = Task.CompletedTask;

    public ValueTask StartAsync(IBackplaneSink sink, CancellationToken cancellationToken)
    {
        _sink = sink;
        return default;
    }

    public ValueTask SubscribeAsync(string channel, CancellationToken cancellationToken)
    {
        if (channel[0] == '$') return default;
        Interlocked.Increment(ref _subscribeCalls);
        _subscribed.TrySetResult();
        return new(Subscribing);
    }

    public ValueTask UnsubscribeAsync(string channel, CancellationToken cancellationToken) => default;

    public ValueTask PublishAsync(string channel, ReadOnlyMemory<byte> message)
    {
        if (channel[0] != '$') Interlocked.Increment(ref _published);
        return default;
    }

    public ValueTask CloseAsync() => default;

    public void Receive(string channel, byte[] message) => _sink!.Receive(channel, new ReadOnlySequence<byte>(message));

    public void Interrupted(string? channel) => _sink!.Interrupted(channel);
}
