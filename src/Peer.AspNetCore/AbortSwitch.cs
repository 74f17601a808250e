namespace Peers;

/// <summary>Cuts what is below a transport, as long as that still belongs to its peer: servers reuse streams and requests.</summary>
internal sealed class AbortSwitch(Action abort)
{
    private readonly Lock _lock = new();
    private bool _isOff;

    /// <summary>Cuts it, unless it was switched off.</summary>
    public void Abort()
    {
        lock (_lock)
        {
            if (_isOff) return;
            _isOff = true;
            abort();
        }
    }

    /// <summary>From its return on nothing is cut any more.</summary>
    public void SwitchOff()
    {
        lock (_lock) _isOff = true;
    }
}
