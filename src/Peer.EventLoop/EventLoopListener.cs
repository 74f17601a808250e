using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Peers.Interop;

namespace Peers;

/// <summary>What Kestrel accepts connections from: one listening socket a loop, between which the kernel spreads what comes (SO_REUSEPORT); a Unix socket listens on one loop and spreads by itself.</summary>
internal sealed class EventLoopListener : IConnectionListener
{
    // For a server that disposes a listener without having unbound it.
    private static readonly TimeSpan s_disposeTimeout = TimeSpan.FromSeconds(5);

    private readonly EventLoop[] _loops;
    private readonly Acceptor[] _acceptors;
    private readonly Channel<ConnectionContext> _accepted = Channel.CreateUnbounded<ConnectionContext>();
    private uint _next;

    // Detached peers that have been asked to close, and the end of them all. The token is the server's: when it is cancelled they are terminated.
    private readonly ConcurrentQueue<PeerConnection> _closing = new();
    private Task? _closed;
    private CancellationToken _stopped;
    private volatile bool _isUnbound;

    /// <summary>Binds and begins to accept.</summary>
    /// <exception cref="SocketException">The address is in use, or not to be had.</exception>
    public EventLoopListener(EndPoint endpoint, EventLoop[] loops, EventLoopTransport transport)
    {
        (Transport, _loops) = (transport, loops);
        var sockets = Bind(endpoint, loops.Length, transport.Options.Backlog);
        EndPoint = sockets[0].LocalEndPoint!;
        _acceptors = [.. sockets.Select((socket, index) => new Acceptor(socket, loops[index], this))];
        foreach (var acceptor in _acceptors) acceptor.Start();
    }

    public EndPoint EndPoint { get; }

    /// <summary>The transport that listens.</summary>
    public EventLoopTransport Transport { get; }

    /// <summary>Whether it stopped listening: detached peers are closed. From any thread.</summary>
    public bool IsUnbound => _isUnbound;

    /// <summary>What is left where the process has no descriptor for a connection.</summary>
    public SpareDescriptors Spare => Transport.Spare;

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _accepted.Reader.WaitToReadAsync(cancellationToken))
        {
            if (_accepted.Reader.TryRead(out var connection)) return connection;
        }

        return null;
    }

    /// <summary>Stops accepting and begins to close (1012) the peers that came by this listener and have left the server, which closes all its other connections next.</summary>
    /// <param name="cancellationToken">Ends the wait for a loop that a hook blocks, and later the peers that have not closed. Then a line in the log names the hook.</param>
    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _stopped = cancellationToken;
        _isUnbound = true;
        _closed ??= Task.WhenAll(_loops.Select(ClosePeersAsync));
        await Task.WhenAll(_acceptors.Select(acceptor => StopAsync(acceptor, cancellationToken)));
        _accepted.Writer.TryComplete();
    }

    /// <summary>Waits until the peers that <see cref="UnbindAsync"/> closes have left, and terminates them when its token is cancelled.</summary>
    public async ValueTask DisposeAsync()
    {
        using var timeout = new CancellationTokenSource();
        if (!_isUnbound)
        {
            timeout.CancelAfter(s_disposeTimeout);
            await UnbindAsync(timeout.Token);
        }

        await WhenClosedAsync();
        while (_accepted.Reader.TryRead(out var connection)) await connection.DisposeAsync();
    }

    /// <summary>Takes a socket that was accepted. Loop thread.</summary>
    public void Accept(EventLoop loop, int socket, EndPoint? remote)
    {
        if (!Transport.TryOpen())
        {
            Transport.Log.TooManyConnections(Transport.Options.MaxConnections);
            Libc.Close(socket);
            return;
        }

        if (Transport.Options.NoDelay && EndPoint is IPEndPoint) Libc.SetOption(socket, Libc.TcpLevel, Libc.TcpNoDelay, value: 1, length: sizeof(int));
        if (_acceptors.Length < _loops.Length) loop = _loops[_next++ % (uint)_loops.Length];
        var local = EndPoint is IPEndPoint { Address: var address } && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)) ? KernelAddress.OfSocket(socket) : EndPoint;
        var connection = new LoopConnection(loop, socket, this);
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

    private static async Task StopAsync(Acceptor acceptor, CancellationToken cancellationToken)
    {
        try
        {
            await acceptor.StopAsync().WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            if (acceptor.Loop.IsHeldUp) acceptor.Loop.ReportHeldUp();
        }
    }

    // Completes when the peers of a loop have left; never while a hook blocks that loop.
    private Task ClosePeersAsync(EventLoop loop)
    {
        var closing = new TaskCompletionSource<Task>(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(_ => closing.SetResult(ClosePeers(loop)), loop);
        return closing.Task.Unwrap();
    }

    // Loop thread. A peer that opens later is closed when it opens.
    private Task ClosePeers(EventLoop loop)
    {
        var left = new List<Task>();
        loop.ForEach(pollable =>
        {
            if (pollable is not LoopConnection { Peer: { ReadyState: not ReadyState.Connecting } peer } connection || connection.Listener != this) return;
            peer.Peer.Close(CloseCode.ServiceRestart);
            _closing.Enqueue(peer);
            left.Add(peer.WhenEnded);
        });
        return Task.WhenAll(left);
    }

    private async Task WhenClosedAsync()
    {
        try
        {
            await _closed!.WaitAsync(_stopped);
        }
        catch (OperationCanceledException)
        {
            foreach (var peer in _closing.Where(peer => !peer.WhenEnded.IsCompleted)) peer.Terminate();
        }

        _closing.Clear();
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
