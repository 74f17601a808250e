using System.Diagnostics.CodeAnalysis;

namespace Peers.Transports;

/// <summary>Things of one kind that one thread keeps for reuse, exchanged in bulk with all other threads.</summary>
/// <remarks>
/// The pool of arrays keeps few of one size; a publish to a thousand peers needs a thousand at once, rented by one thread and perhaps
/// returned by others.
/// </remarks>
/// <param name="shared">Where threads meet.</param>
internal sealed class LocalPool<T>(SharedPool<T> shared) where T : class
{
    private readonly T?[] _items = new T?[64];
    private int _count;

    /// <summary>Takes one; false where there is none, and a new one is to be made.</summary>
    public bool TryRent([MaybeNullWhen(false)] out T item)
    {
        if (_count == 0) _count = shared.Take(_items.AsSpan(0, _items.Length / 2));
        if (_count == 0)
        {
            item = null;
            return false;
        }

        item = _items[--_count]!;
        _items[_count] = null;
        return true;
    }

    /// <summary>Gives one back.</summary>
    public void Return(T item)
    {
        if (_count == _items.Length)
        {
            var half = _items.AsSpan(_count / 2);
            shared.Put(half);
            half.Clear();
            _count /= 2;
        }

        _items[_count++] = item;
    }
}

/// <summary>Where the local pools of all threads meet. What is over the limit is left to the collector.</summary>
internal sealed class SharedPool<T>(int limit) where T : class
{
    private readonly Lock _lock = new();
    private T?[] _items = new T?[64];
    private int _count;

    /// <summary>Fills the front of a span.</summary>
    /// <returns>How many there were.</returns>
    public int Take(Span<T?> destination)
    {
        lock (_lock)
        {
            var taken = Math.Min(destination.Length, _count);
            _count -= taken;
            var items = _items.AsSpan(_count, taken);
            items.CopyTo(destination);
            items.Clear();
            return taken;
        }
    }

    /// <summary>Keeps what fits.</summary>
    public void Put(ReadOnlySpan<T?> items)
    {
        lock (_lock)
        {
            var kept = items[..Math.Min(items.Length, limit - _count)];
            if (_count + kept.Length > _items.Length) Array.Resize(ref _items, Math.Min(limit, Math.Max(_items.Length * 2, _count + kept.Length)));
            kept.CopyTo(_items.AsSpan(_count));
            _count += kept.Length;
        }
    }
}
