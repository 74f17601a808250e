using System.Buffers;
using System.Collections.Concurrent;

namespace Peers;

/// <summary>A backplane without a server, for tests: hosts in one process that share channels, and connections that are cut on purpose.</summary>
/// <remarks>Each host gets a connection of its own by <see cref="Connect"/>. Safe from any thread. What is published is handed over on the thread pool, in order for each connection.</remarks>
public sealed class MemoryBackplane
{
    private readonly ConcurrentDictionary<Connection, bool> _connections = new();
    private volatile bool _isCut;

    /// <summary>The longest message that it carries, in bytes. Default: 1,048,576.</summary>
    public int MaxMessageBytes { get; set; } = 1024 * 1024;

    /// <summary>A connection for one host.</summary>
    public IBackplane Connect() => new Connection(this);

    /// <summary>Cuts all connections: what is published is lost, until <see cref="Restore"/>.</summary>
    public void Cut() => _isCut = true;

    /// <summary>Restores all connections, which then tell their hosts that something may be missing.</summary>
    public void Restore()
    {
        _isCut = false;
        foreach (var (connection, _) in _connections) connection.TellInterrupted();
    }

    private sealed class Connection(MemoryBackplane backplane) : IBackplane
    {
        private readonly ConcurrentDictionary<string, bool> _channels = new(StringComparer.Ordinal);
        private readonly System.Threading.Channels.Channel<(string? Channel, byte[] Message)> _incoming =
            System.Threading.Channels.Channel.CreateUnbounded<(string?, byte[])>(new() { SingleReader = true });

        private Task _handingOver = Task.CompletedTask;

        public string Name => "memory";

        public int MaxMessageBytes => backplane.MaxMessageBytes;

        public ValueTask StartAsync(IBackplaneSink sink, CancellationToken cancellationToken)
        {
            if (backplane._isCut) throw new BackplaneException("The memory backplane is cut. Restore it before hosts start.");
            backplane._connections.TryAdd(this, true);
            _handingOver = Task.Run(() => HandOverAsync(sink), CancellationToken.None);
            return default;
        }

        public ValueTask SubscribeAsync(string channel, CancellationToken cancellationToken)
        {
            ThrowIfCut();
            _channels.TryAdd(channel, true);
            return default;
        }

        public ValueTask UnsubscribeAsync(string channel, CancellationToken cancellationToken)
        {
            _channels.TryRemove(channel, out _);
            return default;
        }

        public ValueTask PublishAsync(string channel, ReadOnlyMemory<byte> message)
        {
            ThrowIfCut();
            if (message.Length > MaxMessageBytes) throw new BackplaneException($"A message of {message.Length:N0} bytes exceeds MemoryBackplane.MaxMessageBytes ({MaxMessageBytes:N0}).");

            byte[]? copy = null;
            foreach (var (other, _) in backplane._connections)
            {
                if (other._channels.ContainsKey(channel)) other._incoming.Writer.TryWrite((channel, copy ??= message.ToArray()));
            }

            return default;
        }

        public async ValueTask CloseAsync()
        {
            backplane._connections.TryRemove(this, out _);
            _incoming.Writer.TryComplete();
            await _handingOver;
        }

        public void TellInterrupted() => _incoming.Writer.TryWrite((null, []));

        private async Task HandOverAsync(IBackplaneSink sink)
        {
            await foreach (var (channel, message) in _incoming.Reader.ReadAllAsync())
            {
                if (channel is null) sink.Interrupted();
                else if (_channels.ContainsKey(channel)) sink.Receive(channel, new ReadOnlySequence<byte>(message));
            }
        }

        private void ThrowIfCut()
        {
            if (backplane._isCut) throw new BackplaneException("The memory backplane is cut.");
        }
    }
}
