using System.Buffers;
using System.Threading.Channels;

namespace Peers.Tests.Kit;

/// <summary>A host's ear that writes down what it hears.</summary>
internal sealed class RecordingSink : IBackplaneSink
{
    private readonly Channel<(string Channel, byte[] Message)> _messages = Channel.CreateUnbounded<(string, byte[])>();
    private readonly Channel<string?> _interruptions = Channel.CreateUnbounded<string?>();

    public void Receive(string channel, in ReadOnlySequence<byte> message) => _messages.Writer.TryWrite((channel, message.ToArray()));

    public void Interrupted(string? channel = null) => _interruptions.Writer.TryWrite(channel);

    /// <summary>The next message.</summary>
    public Task<(string Channel, byte[] Message)> NextAsync() => _messages.Reader.ReadAsync().AsTask().InTime();

    /// <summary>The next interruption.</summary>
    public Task<string?> NextInterruptionAsync() => _interruptions.Reader.ReadAsync().AsTask().InTime();

    /// <summary>Whether nothing is left that was not asked for.</summary>
    public bool IsEmpty => _messages.Reader.Count == 0;
}
