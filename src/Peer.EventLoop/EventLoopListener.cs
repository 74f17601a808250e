using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Peers.Interop;

namespace Peers;

/// <summary>What Kestrel accepts connections from: one listening socket a loop, between which the kernel spreads what comes (SO_REUSEPORT); a Unix socket listens on one loop and spreads by itself.</summary>
internal sealed class EventLoopListener : IConnectionListener
{
    private readonly EventLoopTransport _transport;
    private readonly EventLoop[] _loops;
    private readonly Acceptor[] _acceptors;
    private readonly Channel<ConnectionContext> _accepted = Channel.CreateUnbounded<ConnectionContext>();
    private uint _next;

    /// <summary>Binds and begins to accept.</summary>
    /// <exception cref="SocketException">The address is in use, or not to be had.</exception>
    public EventLoopListener(EndPoint endpoint, EventLoop[] loops, EventLoopTransport transport)
    {
        (_transport, _loops) = (transport, loops);
        var sockets = Bind(endpoint, loops.Length, transport.Options.Backlog);
        EndPoint = sockets[0].LocalEndPoint!;
        _acceptors = [.. sockets.Select((socket, index) => new Acceptor(socket, loops[index], this))];
        foreach (var acceptor in _acceptors) acceptor.Start();
    }

    public EndPoint EndPoint { get; }

    /// <summary>What is left where the process has no descriptor for a connection.</summary>
    public SpareDescriptors Spare => _transport.Spare;

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _accepted.Reader.WaitToReadAsync(cancellationToken))
        {
            if (_accepted.Reader.TryRead(out var connection)) return connection;
        }

        return null;
    }

    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        foreach (var acceptor in _acceptors) await acceptor.StopAsync();
        _accepted.Writer.TryComplete();
    }

    public async ValueTask DisposeAsync()
    {
        await UnbindAsync();
        while (_accepted.Reader.TryRead(out var connection)) await connection.DisposeAsync();
    }

    /// <summary>Takes a socket that was accepted. Loop thread.</summary>
    public void Accept(EventLoop loop, int socket, EndPoint? remote)
    {
        if (!_transport.TryOpen())
        {
            _transport.Log.TooManyConnections(_transport.Options.MaxConnections);
            Libc.Close(socket);
            return;
        }

        if (_transport.Options.NoDelay && EndPoint is IPEndPoint) Libc.SetOption(socket, Libc.TcpLevel, Libc.TcpNoDelay, value: 1, length: sizeof(int));
        if (_acceptors.Length < _loops.Length) loop = _loops[_next++ % (uint)_loops.Length];
        var local = EndPoint is IPEndPoint { Address: var address } && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)) ? KernelAddress.OfSocket(socket) : EndPoint;
        var connection = new LoopConnection(loop, socket, _transport);
        var http = new HttpConnection(connection) { LocalEndPoint = local, RemoteEndPoint = remote };
        if (loop.IsCurrent) Start(connection, http);
        else loop.Post(_ => Start(connection, http), connection);
    }

    private void Start(LoopConnection connection, HttpConnection http)
    {
        if (!connection.TryStart(http)) return;
        http.Start();
        if (_accepted.Writer.TryWrite(http)) return;
        http.Abort(new("The server no longer listens."));
        _ = http.DisposeAsync().AsTask();
    }

    private static Socket[] Bind(EndPoint endpoint, int loops, int backlog)
    {
        if (endpoint is not IPEndPoint) return [Listen(endpoint, backlog, isShared: false)];
        if (loops == 1) return [Listen(endpoint, backlog, isShared: false)];

        // Sockets that share a port would share it with another process that does so too: whether it is free is asked first.
        using (var probe = Create(endpoint, isShared: false)) probe.Bind(endpoint);
        var first = Listen(endpoint, backlog, isShared: true);
        return [first, .. Enumerable.Range(1, loops - 1).Select(_ => Listen(first.LocalEndPoint!, backlog, isShared: true))];
    }

    private static Socket Listen(EndPoint endpoint, int backlog, bool isShared)
    {
        var socket = Create(endpoint, isShared);
        try
        {
            socket.Bind(endpoint);
            socket.Listen(backlog);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static Socket Create(EndPoint endpoint, bool isShared)
    {
        if (endpoint is UnixDomainSocketEndPoint) return new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (endpoint is IPEndPoint { Address: var address } && address.Equals(IPAddress.IPv6Any)) socket.DualMode = true;
        if (isShared) socket.SetRawSocketOption(Libc.SocketLevel, Libc.ReusePort, BitConverter.GetBytes(1));
        return socket;
    }
}
