namespace Peers.Transports;

/// <summary>Outputs that wait for somebody to flush them. Any thread adds, and any thread takes all.</summary>
internal sealed class HandedOver
{
    private PeerOutput? _newest;

    public bool IsEmpty => Volatile.Read(ref _newest) is null;

    /// <summary>Adds outputs.</summary>
    public void Add(OutputChain outputs) => outputs.PushTo(ref _newest);

    /// <summary>Takes all there are.</summary>
    /// <returns>The first of them, to be passed to <see cref="FlushNext"/>; null where there is none.</returns>
    public PeerOutput? Take() => Interlocked.Exchange(ref _newest, null);

    /// <summary>Flushes one, which from then on may be handed over again.</summary>
    /// <param name="output">The one to flush; on return the next, whatever was thrown.</param>
    public static void FlushNext(ref PeerOutput? output)
    {
        var flushed = output!;
        (output, flushed.NextHandedOver) = (flushed.NextHandedOver, null);
        flushed.FlushHandedOver();
    }
}
