namespace Peers.Transports;

/// <summary>A thread that serves peers and flushes their outputs; others may leave that to it. From any thread.</summary>
internal interface IFlusher
{
    /// <summary>Whether it has been at one thing for so long that what is handed over to it might wait.</summary>
    bool IsHeldUp { get; }

    /// <summary>Takes outputs that their chain marked as handed over: it flushes each of them soon, whatever happens.</summary>
    void HandOver(OutputChain outputs);

    /// <summary>Has everything that was handed over before, and was not begun yet, flushed by somebody else.</summary>
    void Relieve();
}
