using System.Buffers.Binary;

namespace Peers.Transports;

/// <summary>The part of Linux's <c>struct tcp_info</c> (linux/tcp.h) that tells how far the remote end has got with reading.</summary>
internal static class TcpInfo
{
    /// <summary>The level of the socket option: IPPROTO_TCP.</summary>
    public const int Level = 6;

    /// <summary>The socket option: TCP_INFO.</summary>
    public const int Option = 11;

    /// <summary>How many bytes of the structure are read.</summary>
    public const int Length = NotSentOffset + sizeof(uint);

    private const int UnacknowledgedOffset = 24;
    private const int AcknowledgedOffset = 120;
    private const int NotSentOffset = 144;

    /// <summary>Takes the structure apart.</summary>
    /// <param name="info">What the system wrote.</param>
    /// <param name="bytes">How many bytes the remote end acknowledged: tcpi_bytes_acked.</param>
    /// <param name="isOutstanding">Whether any are sent and not acknowledged (tcpi_unacked, in segments), or not sent (tcpi_notsent_bytes).</param>
    /// <returns>False where the system is too old to say so.</returns>
    public static bool TryParse(ReadOnlySpan<byte> info, out long bytes, out bool isOutstanding)
    {
        (bytes, isOutstanding) = (0, false);
        if (info.Length < Length) return false;
        bytes = BinaryPrimitives.ReadInt64LittleEndian(info[AcknowledgedOffset..]);
        isOutstanding = BinaryPrimitives.ReadUInt32LittleEndian(info[UnacknowledgedOffset..]) > 0 || BinaryPrimitives.ReadUInt32LittleEndian(info[NotSentOffset..]) > 0;
        return true;
    }
}
