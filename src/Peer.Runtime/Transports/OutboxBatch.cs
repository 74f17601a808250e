namespace Peers.Transports;

/// <summary>What one flush hands to a transport. It was taken out of the outbox, so it is written outside the output's lock.</summary>
internal struct OutboxBatch
{
    /// <summary>A single frame; null where there is a list.</summary>
    public SharedFrame? Frame;

    /// <summary>Anything else; null where there is a single frame.</summary>
    public OutboxList? List;

    /// <summary>Control frames that go before all that.</summary>
    public SharedFrame? Ping;

    /// <inheritdoc cref="Ping"/>
    public SharedFrame? Pong;

    /// <summary>How many bytes that is, control frames among them.</summary>
    public ByteCounts Bytes;

    /// <summary>Writes all of it to a transport, and returns its memory, whatever is thrown.</summary>
    /// <exception cref="Exception">What the transport throws.</exception>
    public void WriteTo(PeerTransport transport)
    {
        try
        {
            if (Pong is not null) transport.Write(Pong.Bytes);
            if (Ping is not null) transport.Write(Ping.Bytes);
            if (Frame is not null) transport.WriteLast(Frame.Bytes);
            else List?.WriteTo(transport);
        }
        finally
        {
            Pong?.Release();
            Ping?.Release();
            Frame?.Release();
            List?.Return();
            (Pong, Ping, Frame, List) = (null, null, null, null);
        }
    }
}
