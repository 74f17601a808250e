using System.Buffers.Binary;
using System.Net;

namespace Peers.Interop;

/// <summary>Reads what the kernel writes for an address: struct sockaddr_in and sockaddr_in6.</summary>
internal static class KernelAddress
{
    /// <summary>As long as any address of the kernel, struct sockaddr_storage.</summary>
    public const int MaxLength = 128;

    private const ushort IPv4Family = 2;
    private const ushort IPv6Family = 10;

    /// <summary>The address; null where it is none of IP, as of a client on a Unix socket.</summary>
    public static EndPoint? Read(ReadOnlySpan<byte> address)
    {
        if (address.Length < 8) return null;
        var port = BinaryPrimitives.ReadUInt16BigEndian(address[2..]);
        return BitConverter.ToUInt16(address) switch
        {
            IPv4Family => new IPEndPoint(new IPAddress(address.Slice(4, 4)), port),
            IPv6Family when address.Length >= 28 => new IPEndPoint(new IPAddress(address.Slice(8, 16), BinaryPrimitives.ReadUInt32LittleEndian(address[24..])), port),
            _ => null,
        };
    }

    /// <summary>The local address of a socket.</summary>
    public static EndPoint? OfSocket(int socket)
    {
        Span<byte> address = stackalloc byte[MaxLength];
        var length = MaxLength;
        return Libc.GetName(socket, ref address[0], ref length) < 0 ? null : Read(address[..Math.Min(length, MaxLength)]);
    }
}
