using Peers.Bench.Load;

namespace Peers.Bench.InProcess;

/// <summary>A connection that hears the same turn of frames again and again, with no kernel in between.</summary>
internal sealed class HandFedPeer
{
    private readonly PeerConnection _connection;
    private readonly NullTransport _transport;
    private readonly byte[] _turn;
    private readonly byte[] _input;
    private readonly int _depth;

    private HandFedPeer(PeerConnection connection, NullTransport transport, byte[] payload, int depth)
    {
        (_connection, _transport, _depth) = (connection, transport, depth);
        _turn = [.. Enumerable.Repeat(ClientFrame.Text(payload), depth).SelectMany(frame => frame)];
        _input = new byte[_turn.Length];
    }

    /// <summary>How many bytes have been written to it.</summary>
    public long Written => _transport.Written;

    /// <summary>Connects a peer that will hear <paramref name="depth"/> messages a turn.</summary>
    public static HandFedPeer Open<THandler>(PeerHost host, byte[] payload, int depth, IServiceProvider services) where THandler : class, IPeerHandler<THandler>
    {
        var transport = new NullTransport();
        var connection = PeerConnection.Create<THandler>(host, new(), services);
        _ = connection.RunAsync(transport);
        return new(connection, transport, payload, depth);
    }

    /// <summary>Hears at least so many messages. They are unmasked in place, hence the copy, which is part of what is measured.</summary>
    public void Hear(int messages)
    {
        for (var i = 0; i < messages; i += _depth)
        {
            _turn.CopyTo(_input, 0);
            _connection.Receive(_input);
        }
    }

    public void Close() => _connection.Peer.Terminate();
}
