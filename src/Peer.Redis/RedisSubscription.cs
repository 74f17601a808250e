using System.Buffers;
using StackExchange.Redis;

namespace Peers;

/// <summary>One channel that this node has subscribed to: hands over what comes, one message at a time, in the order in which it came.</summary>
/// <remarks>The client puts what it reads into the channel's queue, which has no bound of its own; what is too much for us is dropped here and told.</remarks>
internal sealed class RedisSubscription
{
    /// <summary>How much may wait for one channel, estimated by the message at hand.</summary>
    private const int MaxWaitingBytes = 16 * 1024 * 1024;

    private const int MaxWaiting = 16 * 1024;
    private const int MinWaiting = 64;

    private readonly ChannelMessageQueue _queue;
    private readonly IBackplaneSink _sink;
    private readonly RedisLog _log;
    private volatile bool _isStopped;
    private bool _isRestoring;

    public RedisSubscription(string channel, RedisChannel name, ChannelMessageQueue queue, IBackplaneSink sink, RedisLog log)
    {
        (Channel, Name, _queue, _sink, _log) = (channel, name, queue, sink, log);
        WhenStopped = Task.Run(HandOverAsync);
    }

    /// <summary>The channel's name.</summary>
    public string Channel { get; }

    /// <summary>Its name on the server.</summary>
    public RedisChannel Name { get; }

    /// <summary>Completes after the last message has been handed over.</summary>
    public Task WhenStopped { get; }

    /// <summary>Whether nobody wants it any more.</summary>
    public bool IsStopped => _isStopped;

    /// <summary>Hands nothing over any more, but what is being handed over now. It ends when the client closes the queue.</summary>
    public void Stop() => _isStopped = true;

    /// <summary>Whether nobody tries to restore it yet; from now on the caller does, until <see cref="EndRestoring"/>.</summary>
    public bool TryBeginRestoring() => !Interlocked.Exchange(ref _isRestoring, true);

    /// <summary>It was restored.</summary>
    public void EndRestoring() => Volatile.Write(ref _isRestoring, false);

    private async Task HandOverAsync()
    {
        await foreach (var message in _queue)
        {
            if (_isStopped) return;
            HandOver(message.Message);
        }
    }

    // Whatever becomes of one message, the next is handed over too.
    private void HandOver(ReadOnlyMemory<byte> message)
    {
        try
        {
            _sink.Receive(Channel, new ReadOnlySequence<byte>(message));
            if (IsTooMuch(message.Length)) Drop();
        }
        catch (Exception exception)
        {
            _log.ReceivingFailed(exception, Channel);
        }
    }

    private bool IsTooMuch(int length) =>
        _queue.TryGetCount(out var waiting) && waiting > Math.Clamp(MaxWaitingBytes / Math.Max(1, length), MinWaiting, MaxWaiting);

    private void Drop()
    {
        while (_queue.TryRead(out _))
        {
            // All that waits: what comes next is newer than what would be kept.
        }

        if (!_isStopped) _sink.Interrupted(Channel);
    }
}
