using System.Net;
using System.Net.Sockets;

namespace Peers;

/// <summary>Where a peer comes from, in few bytes: nearly all have an IPv4 address and a port, and nobody asks most of them.</summary>
internal readonly struct RemoteEndPoint
{
    // An IP address that is not an IPv4 one, or an endpoint of another kind; null for an IPv4 address, and where there is none.
    private readonly object? _other;
    private readonly uint _address;
    private readonly ushort _port;
    private readonly bool _isThere;

    public RemoteEndPoint(EndPoint? endPoint)
    {
        _isThere = endPoint is not null;
        if (endPoint?.GetType() != typeof(IPEndPoint))
        {
            _other = endPoint;
            return;
        }

        var ip = (IPEndPoint)endPoint;
        _port = (ushort)ip.Port;
        if (ip.AddressFamily != AddressFamily.InterNetwork) _other = ip.Address;
        else _address = AddressOf(ip.Address);
    }

    /// <summary>The endpoint; made anew each time where it is one of IP.</summary>
    public EndPoint? Value => _other switch
    {
        IPAddress address => new IPEndPoint(address, _port),
        null => _isThere ? new IPEndPoint(_address, _port) : null,
        _ => (EndPoint)_other,
    };

    // As it lies in memory, which is how IPEndPoint takes it.
    private static uint AddressOf(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        address.TryWriteBytes(bytes, out _);
        return BitConverter.ToUInt32(bytes);
    }
}
