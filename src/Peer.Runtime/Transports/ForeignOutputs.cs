namespace Peers.Transports;

/// <summary>Outputs that a turn appended to and that another thread serves. Where they are many, each is flushed by whoever serves it: one publisher would otherwise do all the sending.</summary>
/// <remarks>Only the flush moves. What was appended keeps its place, because the publisher appended it.</remarks>
internal sealed class ForeignOutputs
{
    // A wake-up costs about as much as a send, and is late by a multiple of it.
    private const int Least = 16;

    private PeerOutput?[] _outputs = new PeerOutput?[Least];
    private int _count;
    private Share[] _shares = new Share[2];
    private int _shareCount;

    public bool IsEmpty => _count == 0;

    /// <summary>Notes an output. Called under its lock.</summary>
    public void Add(PeerOutput output)
    {
        if (_count == _outputs.Length) Array.Resize(ref _outputs, _count * 2);
        _outputs[_count++] = output;
    }

    /// <summary>Hands over what can be, and corks the rest on the turn. Called where no lock is held; runs nothing of anybody else's.</summary>
    public void HandOver(Turn turn)
    {
        if (_count < Least) CorkAll(turn);
        else ShareOut(turn);
        Array.Clear(_outputs, 0, _count);
        _count = 0;
    }

    private void CorkAll(Turn turn)
    {
        foreach (var output in _outputs.AsSpan(0, _count)) turn.Cork(output!);
    }

    private void ShareOut(Turn turn)
    {
        for (var i = 0; i < _count; i++)
        {
            var output = _outputs[i]!;
            ref var share = ref ShareOf(output.Flusher!);
            if (share.IsHeldUp || !share.Outputs.TryAdd(output)) turn.Cork(output);
        }

        // Where one is held up, what it got before that must not wait for it either.
        foreach (ref var share in _shares.AsSpan(0, _shareCount))
        {
            if (share.IsHeldUp) share.Flusher.Relieve();
            else if (!share.Outputs.IsEmpty) share.Flusher.HandOver(share.Outputs);
        }

        Array.Clear(_shares, 0, _shareCount);
        _shareCount = 0;
    }

    // There are about as many as the machine has cores.
    private ref Share ShareOf(IFlusher flusher)
    {
        for (var i = 0; i < _shareCount; i++)
        {
            if (_shares[i].Flusher == flusher) return ref _shares[i];
        }

        if (_shareCount == _shares.Length) Array.Resize(ref _shares, _shareCount * 2);
        ref var share = ref _shares[_shareCount++];
        (share.Flusher, share.IsHeldUp) = (flusher, flusher.IsHeldUp);
        return ref share;
    }

    private struct Share
    {
        public IFlusher Flusher;
        public bool IsHeldUp;
        public OutputChain Outputs;
    }
}
