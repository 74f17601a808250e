using Peers.Interop;

namespace Peers;

/// <summary>A few descriptors kept for when the process has no other: the runtime needs some to load an assembly or to start a thread, and ends the process without them.</summary>
/// <remarks>They are given up when no connection can be accepted, and nobody accepts any before they are taken back. Safe from any thread.</remarks>
internal sealed class SpareDescriptors : IDisposable
{
    private const int Count = 16;

    // Guarded by _lock.
    private readonly Lock _lock = new();
    private readonly List<int> _descriptors = new(Count);
    private volatile bool _areGivenUp;

    public SpareDescriptors() => TryTake();

    /// <summary>Whether the process lives on them.</summary>
    public bool AreGivenUp => _areGivenUp;

    /// <summary>Gives them up to whoever needs one.</summary>
    public void GiveUp()
    {
        lock (_lock)
        {
            _areGivenUp = true;
            foreach (var descriptor in _descriptors) Libc.Close(descriptor);
            _descriptors.Clear();
        }
    }

    /// <summary>Takes them back; false where there are not enough yet.</summary>
    public bool TryTake()
    {
        lock (_lock)
        {
            while (_descriptors.Count < Count)
            {
                var descriptor = Libc.EventCreate(0, Libc.CloseOnExec);
                if (descriptor < 0)
                {
                    GiveUp();
                    return false;
                }

                _descriptors.Add(descriptor);
            }

            _areGivenUp = false;
            return true;
        }
    }

    public void Dispose() => GiveUp();
}
