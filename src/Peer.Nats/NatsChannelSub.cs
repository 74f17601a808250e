using System.Buffers;
using NATS.Client.Core;

namespace Peers;

/// <summary>A subscription that hands messages on from the client's own buffer, on the thread that reads.</summary>
internal sealed class NatsChannelSub(NatsConnection connection, string channel, string subject, IBackplaneSink sink)
    : NatsSubBase(connection, connection.SubscriptionManager, subject, queueGroup: null, opts: null)
{
    protected override ValueTask ReceiveInternalAsync(string subject, string? replyTo, ReadOnlySequence<byte>? headersBuffer, ReadOnlySequence<byte> payloadBuffer)
    {
        sink.Receive(channel, payloadBuffer);
        return default;
    }

    protected override void TryComplete()
    {
    }
}
