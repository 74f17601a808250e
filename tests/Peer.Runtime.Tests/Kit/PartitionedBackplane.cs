using System.Buffers;

namespace Peers.Tests.Kit;

/// <summary>
/// A node's connection to a backplane that a test cuts or holds. Neither side notices: what is sent meanwhile is lost without an
/// error, or arrives later.
/// </summary>
internal sealed class PartitionedBackplane(IBackplane inner) : IBackplane, IBackplaneSink
{
    private readonly Lock _lock = new();
    private readonly Queue<(string Channel, byte[] Message)> _held = new();
    private IBackplaneSink? _sink;
    private volatile bool _isCut;
    private bool _holds;
    private int _lost;

    public string Name => inner.Name;

    public int MaxMessageBytes => inner.MaxMessageBytes;

    /// <summary>Whether everything that the node sends and receives is lost.</summary>
    public bool IsCut
    {
        get => _isCut;
        set => _isCut = value;
    }

    /// <summary>How many messages were lost, those that the node sent and those that it would have received.</summary>
    public int Lost => Volatile.Read(ref _lost);

    /// <summary>How many messages wait for <see cref="Release"/>.</summary>
    public int Held
    {
        get { lock (_lock) return _held.Count; }
    }

    /// <summary>Keeps what arrives, as the socket of a process does that is stopped.</summary>
    public void Hold()
    {
        lock (_lock) _holds = true;
    }

    /// <summary>Hands over what was kept, and what arrives from now on.</summary>
    public void Release()
    {
        lock (_lock)
        {
            _holds = false;
            while (_held.TryDequeue(out var held)) _sink!.Receive(held.Channel, new ReadOnlySequence<byte>(held.Message));
        }
    }

    public ValueTask StartAsync(IBackplaneSink sink, CancellationToken cancellationToken)
    {
        _sink = sink;
        return inner.StartAsync(this, cancellationToken);
    }

    public ValueTask SubscribeAsync(string channel, CancellationToken cancellationToken) => inner.SubscribeAsync(channel, cancellationToken);

    public ValueTask UnsubscribeAsync(string channel, CancellationToken cancellationToken) => inner.UnsubscribeAsync(channel, cancellationToken);

    public ValueTask PublishAsync(string channel, ReadOnlyMemory<byte> message)
    {
        if (!IsCut) return inner.PublishAsync(channel, message);
        Interlocked.Increment(ref _lost);
        return default;
    }

    public ValueTask CloseAsync() => inner.CloseAsync();

    public void Receive(string channel, in ReadOnlySequence<byte> message)
    {
        if (IsCut)
        {
            Interlocked.Increment(ref _lost);
            return;
        }

        lock (_lock)
        {
            if (_holds) _held.Enqueue((channel, message.ToArray()));
            else _sink!.Receive(channel, message);
        }
    }

    public void Interrupted(string? channel = null) => _sink!.Interrupted(channel);
}
