using System.Net;
using System.Net.Sockets;

namespace Peers.Partitions;

/// <summary>The network between one node and the broker: a TCP proxy that passes bytes on, holds them, delays them, or cuts the connections. Safe from any thread.</summary>
public sealed class Link : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly int _brokerPort;
    private readonly Task _accepting;

    // Guarded by _lock.
    private readonly Lock _lock = new();
    private readonly HashSet<LinkConnection> _connections = [];
    private bool _isClosed;

    private volatile bool _refuses;

    /// <summary>Opens a link to a broker's port.</summary>
    public Link(int brokerPort)
    {
        _brokerPort = brokerPort;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _accepting = AcceptAsync();
    }

    /// <summary>Where the node finds the broker.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>What the node sends.</summary>
    internal LinkDirection ToBroker { get; } = new();

    /// <summary>What the node receives.</summary>
    internal LinkDirection ToNode { get; } = new();

    /// <summary>Holds all bytes back, and the ends of connections too; the connections stay open, and new ones seem to be accepted.</summary>
    public void Hold(bool toBroker, bool toNode)
    {
        if (toBroker) ToBroker.Hold();
        if (toNode) ToNode.Hold();
    }

    /// <summary>Passes on what was held, in order, and all that follows.</summary>
    public void Release()
    {
        ToBroker.Release();
        ToNode.Release();
    }

    /// <summary>Throws away what was held and resets the connections; new ones pass.</summary>
    public void DropHeld()
    {
        Reset();
        Release();
    }

    /// <summary>Resets the connections, and each new one until <see cref="Admit"/>.</summary>
    public void Refuse()
    {
        _refuses = true;
        Reset();
    }

    /// <summary>Admits connections again.</summary>
    public void Admit() => _refuses = false;

    /// <summary>Passes each piece on after a delay, in order; zero for none.</summary>
    public void Delay(TimeSpan delay) => (ToBroker.Delay, ToNode.Delay) = (delay, delay);

    /// <summary>Cuts all connections and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock) _isClosed = true;
        _listener.Dispose();
        await _accepting;
        DropHeld();
    }

    private void Reset()
    {
        LinkConnection[] connections;
        lock (_lock) connections = [.. _connections];
        foreach (var connection in connections) connection.Reset();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                _ = PassAsync(await _listener.AcceptAsync());
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                if (_isClosed) return;
            }
        }
    }

    private async Task PassAsync(Socket node)
    {
        using var connection = new LinkConnection(node, this);
        lock (_lock) _connections.Add(connection);
        // A cut may have missed the connection before it was in the set.
        if (_refuses || _isClosed) connection.Reset();
        await connection.RunAsync(_brokerPort);
        lock (_lock) _connections.Remove(connection);
    }
}
