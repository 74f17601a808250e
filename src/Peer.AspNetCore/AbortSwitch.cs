namespace Peers;

/// <summary>Cuts what is below a transport, as long as that still belongs to its peer: servers reuse streams and requests.</summary>
/// <param name="below">What is cut.</param>
/// <param name="abort">Cuts it. Keeps nothing of the peer's.</param>
internal sealed class AbortSwitch(object below, Action<object> abort)
{
    // Guarded by this object, which nobody else locks.
    private bool _isOff;

    /// <summary>Cuts it, unless it was switched off.</summary>
    public void Abort()
    {
        lock (this)
        {
            if (_isOff) return;
            _isOff = true;
            abort(below);
        }
    }

    /// <summary>From its return on nothing is cut any more.</summary>
    public void SwitchOff()
    {
        lock (this) _isOff = true;
    }
}
