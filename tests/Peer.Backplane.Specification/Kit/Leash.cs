using System.Buffers;
using System.Collections.Concurrent;

namespace Peers.Tests.Kit;

/// <summary>A backplane between a node and the real one: it counts, loses and repeats on request, and tells when a subscription stands.</summary>
public sealed class Leash(IBackplane inner) : IBackplane, IBackplaneSink
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _subscribed = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _unsubscribed = new(StringComparer.Ordinal);
    // Of a message between nodes: a header, then its kind.
    private const int KindAt = 14;
    private const byte Ask = 3;

    private readonly SemaphoreSlim _lost = new(0);
    private readonly SemaphoreSlim _lostQuestions = new(0);
    private IBackplaneSink? _sink;
    private volatile bool _isCut;

    public string Name => inner.Name;

    public int MaxMessageBytes => Math.Min(inner.MaxMessageBytes, LargestMessage);

    public bool IsConnected => inner.IsConnected;

    public int LargestMessage { get; set; } = int.MaxValue;

    /// <summary>How often each of the application's channels was subscribed to.</summary>
    public ConcurrentDictionary<string, int> Subscriptions { get; } = new(StringComparer.Ordinal);

    /// <summary>How often what comes is handed on: 0 loses it, 2 repeats it.</summary>
    public Func<string, byte[], int> Copies { get; set; } = static (_, _) => 1;

    /// <summary>Completes when the server has the subscription.</summary>
    public Task WhenSubscribed(string channel) => _subscribed.GetOrAdd(channel, static _ => NewSignal()).Task.InTime();

    /// <summary>Completes when the subscription was taken back.</summary>
    public Task WhenUnsubscribed(string channel) => _unsubscribed.GetOrAdd(channel, static _ => NewSignal()).Task.InTime();

    /// <summary>The node hears nothing more and is not heard, as if its machine had burnt.</summary>
    public void Kill() => _isCut = true;

    /// <summary>The node is cut off: what it sends and receives is lost, and it does not notice.</summary>
    public void Cut() => _isCut = true;

    /// <summary>Completes when so many messages of the application were lost on their way out, after those that were waited for before.</summary>
    public async Task WhenLost(int count)
    {
        for (; count > 0; count--) await TakeAsync(_lost);
    }

    /// <summary>Completes when another node's question for the numbers of this one was lost.</summary>
    public Task WhenQuestionLost() => TakeAsync(_lostQuestions);

    /// <summary>The node is heard again.</summary>
    public void Heal() => _isCut = false;

    /// <summary>Hands something on as if it had come.</summary>
    public void Inject(string channel, byte[] message) => _sink!.Receive(channel, new ReadOnlySequence<byte>(message));

    public ValueTask StartAsync(IBackplaneSink sink, CancellationToken cancellationToken)
    {
        _sink = sink;
        return inner.StartAsync(this, cancellationToken);
    }

    public async ValueTask SubscribeAsync(string channel, CancellationToken cancellationToken)
    {
        await inner.SubscribeAsync(channel, cancellationToken);
        Subscriptions.AddOrUpdate(channel, 1, static (_, count) => count + 1);
        _subscribed.GetOrAdd(channel, static _ => NewSignal()).TrySetResult();
    }

    public async ValueTask UnsubscribeAsync(string channel, CancellationToken cancellationToken)
    {
        await inner.UnsubscribeAsync(channel, cancellationToken);
        _subscribed.TryRemove(channel, out _);
        _unsubscribed.GetOrAdd(channel, static _ => NewSignal()).TrySetResult();
    }

    public ValueTask PublishAsync(string channel, ReadOnlyMemory<byte> message)
    {
        if (!_isCut) return inner.PublishAsync(channel, message);
        if (channel[0] != '$') _lost.Release();
        return default;
    }

    public ValueTask CloseAsync() => inner.CloseAsync();

    public void Receive(string channel, in ReadOnlySequence<byte> message)
    {
        if (_isCut)
        {
            if (channel == "$nodes" && message.ToArray() is var bytes && bytes[KindAt] == Ask) _lostQuestions.Release();
            return;
        }

        for (var left = Copies(channel, message.ToArray()); left > 0; left--) _sink!.Receive(channel, message);
    }

    public void Interrupted(string? channel = null)
    {
        if (!_isCut) _sink!.Interrupted(channel);
    }

    private static async Task TakeAsync(SemaphoreSlim signal)
    {
        if (!await signal.WaitAsync(Patience.Time)) throw new TimeoutException("No message was lost.");
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
