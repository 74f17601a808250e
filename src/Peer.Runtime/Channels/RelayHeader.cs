using System.Buffers.Binary;

namespace Peers.Channels;

/// <summary>What stands before each message on the backplane. A node that does not know the version ignores the message.</summary>
/// <remarks>VERSION(8) FLAGS(8) NODE(32) SEQUENCE(64), little-endian. Then the payload as it goes to peers, or a part of it.</remarks>
internal readonly record struct RelayHeader(RelayFlags Flags, uint Node, long Sequence)
{
    public const byte Version = 1;
    public const int Length = 1 + 1 + 4 + 8;

    /// <summary>The largest number of a message. A node that publishes a million messages a second would get there in 285 years.</summary>
    public const long MaxSequence = 1L << 53;

    private const RelayFlags Known = RelayFlags.Binary | RelayFlags.Compress | RelayFlags.First | RelayFlags.Last | RelayFlags.Fresh | RelayFlags.Control;

    /// <summary>Whether it has all of these flags.</summary>
    public bool Has(RelayFlags flags) => (Flags & flags) == flags;

    public void Write(Span<byte> destination)
    {
        destination[0] = Version;
        destination[1] = (byte)Flags;
        BinaryPrimitives.WriteUInt32LittleEndian(destination[2..], Node);
        BinaryPrimitives.WriteInt64LittleEndian(destination[6..], Sequence);
    }

    /// <summary>Reads a header, if it is one of ours.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out RelayHeader header)
    {
        header = default;
        if (source.Length < Length || source[0] != Version) return false;
        header = new((RelayFlags)source[1], BinaryPrimitives.ReadUInt32LittleEndian(source[2..]), BinaryPrimitives.ReadInt64LittleEndian(source[6..]));
        return header.Sequence is > 0 and <= MaxSequence && (header.Flags | Known) == Known;
    }
}

/// <summary>What a message on the backplane is.</summary>
[Flags]
internal enum RelayFlags : byte
{
    None = 0,
    /// <summary>The payload is binary, not text.</summary>
    Binary = 1 << 0,
    /// <summary>The publisher asked to compress it for those who agreed to that.</summary>
    Compress = 1 << 1,
    /// <summary>The first part of a message.</summary>
    First = 1 << 2,
    /// <summary>The last part.</summary>
    Last = 1 << 3,
    /// <summary>The node numbers the channel anew: nothing is missing before this.</summary>
    Fresh = 1 << 4,
    /// <summary>From node to node, for no peer.</summary>
    Control = 1 << 5,
}
