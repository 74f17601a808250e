namespace Peers.Transports;

// A flush that another thread is to do: whoever serves the peer. What waits stays where it is.
internal sealed partial class PeerOutput
{
    // What waits for somebody else to flush it counts towards the limits, although the peer is not slow: little enough of it that a message still fits.
    private const int PartOfLimits = 8;

    /// <summary>Marks the output as handed over, once, where that is of use. Called where no lock is held.</summary>
    public HandOverStart BeginHandOver()
    {
        lock (this)
        {
            if (_isFlushing || _isLost || _outbox.IsEmpty || IsMuchWaiting) return HandOverStart.FlushNow;
            _corkedBy = null;
            if (_isHandedOver) return HandOverStart.Pending;
            _isHandedOver = true;
            return HandOverStart.Begun;
        }
    }

    /// <summary>As <see cref="Flush()"/>, by whoever took it out of its chain.</summary>
    public void FlushHandedOver() => Flush(isHandedOver: true);

    private bool IsMuchWaiting =>
        _outbox.Length >= Math.Min(BatchSize, shared.Options.MaxBufferedBytes / PartOfLimits) || _outbox.FrameCount >= MaxFrames / PartOfLimits || _flow.Total > shared.Options.DrainThreshold;
}
