namespace Peers.Transports;

/// <summary>The control frames of a peer that wait for a write to complete: at most the pong for the latest ping (RFC 6455 §5.5.3) and one ping.</summary>
/// <remarks>They go out before the messages that wait, between two frames, and count for no limit. Guarded by the lock of the output that has it.</remarks>
internal sealed class PendingControl
{
    private SharedFrame? _ping;
    private SharedFrame? _pong;

    /// <summary>Whether none waits.</summary>
    public bool IsEmpty => _ping is null && _pong is null;

    /// <summary>Keeps a frame in place of one of its kind that waits already.</summary>
    public void Set(bool isPong, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        ref var slot = ref isPong ? ref _pong : ref _ping;
        slot?.Release();
        slot = SharedFrame.Create("", header, payload);
    }

    /// <summary>Moves what waits to a batch, which then owns the references.</summary>
    public void MoveTo(ref OutboxBatch batch)
    {
        (batch.Ping, batch.Pong) = (_ping, _pong);
        (_ping, _pong) = (null, null);
        batch.Bytes.Add(Cause.None, (batch.Ping?.Length ?? 0) + (batch.Pong?.Length ?? 0));
    }

    /// <summary>Drops what waits.</summary>
    public void Clear()
    {
        _ping?.Release();
        _pong?.Release();
        (_ping, _pong) = (null, null);
    }
}
