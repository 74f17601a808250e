using System.Buffers;
using NATS.Client.Core;

namespace Peers;

/// <summary>Bytes as they are.</summary>
internal sealed class RawBytes : INatsSerialize<ReadOnlyMemory<byte>>
{
    public static RawBytes Instance { get; } = new();

    public void Serialize(IBufferWriter<byte> bufferWriter, ReadOnlyMemory<byte> value) => bufferWriter.Write(value.Span);
}
