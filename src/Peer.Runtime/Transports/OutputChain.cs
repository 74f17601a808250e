namespace Peers.Transports;

/// <summary>Outputs whose flush is being handed over, linked by themselves. An output is in one chain at a time, from <see cref="TryAdd"/> until it is taken out to be flushed.</summary>
internal struct OutputChain
{
    private PeerOutput? _first;
    private PeerOutput? _last;

    public readonly bool IsEmpty => _first is null;

    /// <summary>Adds an output.</summary>
    /// <returns>False where it is to be flushed at once, by the caller.</returns>
    public bool TryAdd(PeerOutput output)
    {
        switch (output.BeginHandOver())
        {
            case HandOverStart.FlushNow:
                return false;
            case HandOverStart.Begun:
                Link(output);
                break;
        }

        return true;
    }

    /// <summary>Puts all of it before what a queue holds.</summary>
    /// <param name="newest">The queue: where it begins.</param>
    public readonly void PushTo(ref PeerOutput? newest)
    {
        if (_first is null) return;
        var next = Volatile.Read(ref newest);
        while (true)
        {
            _last!.NextHandedOver = next;
            var found = Interlocked.CompareExchange(ref newest, _first, next);
            if (found == next) return;
            next = found;
        }
    }

    private void Link(PeerOutput output)
    {
        if (_last is null) _first = output;
        else _last.NextHandedOver = output;
        _last = output;
    }
}

/// <summary>What is to be done with an output whose flush could be handed over.</summary>
internal enum HandOverStart
{
    /// <summary>It is the caller's now: whoever takes it flushes it.</summary>
    Begun,
    /// <summary>Nothing: it was handed over before, and what was appended since leaves with the rest.</summary>
    Pending,
    /// <summary>It is not handed over: flush it.</summary>
    FlushNow,
}
