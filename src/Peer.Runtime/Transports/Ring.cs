using System.Buffers;

namespace Peers.Transports;

/// <summary>A queue of values in one array, which also removes from its middle. It keeps a small array for its next use; larger ones come from a pool and go back to it.</summary>
/// <param name="pool">Where larger arrays come from. They may be longer than was asked for, by any number.</param>
/// <remarks>Not thread-safe.</remarks>
internal struct Ring<T>(ArrayPool<T> pool)
{
    private const int FirstCapacity = 16;

    private T[]? _first;
    private T[] _items = [];

    // A power of two, whatever the length of the array: positions wrap around by a mask.
    private int _capacity;
    private int _head;

    /// <summary>How many values there are.</summary>
    public int Count { get; private set; }

    /// <summary>A value by its position, of which 0 is the oldest. Valid until the next call that adds or removes one.</summary>
    public readonly ref T this[int index] => ref _items[Slot(index)];

    /// <summary>Adds a value behind all others.</summary>
    public void Push(T item)
    {
        if (Count == _capacity) Grow();
        _items[Slot(Count)] = item;
        Count++;
    }

    /// <summary>Removes the oldest value.</summary>
    public void Pop()
    {
        _items[_head] = default!;
        _head = Slot(1);
        Count--;
    }

    /// <summary>Removes a value by its position.</summary>
    public void RemoveAt(int index)
    {
        for (var i = index; i > 0; i--) _items[Slot(i)] = _items[Slot(i - 1)];
        Pop();
    }

    /// <summary>Returns the array. Every value has been removed before, so that the array holds no references.</summary>
    public void Return()
    {
        ReturnItems();
        (_items, _capacity, _head) = ([], 0, 0);
    }

    private readonly int Slot(int index) => (_head + index) & (_capacity - 1);

    private void Grow()
    {
        var capacity = Math.Max(_capacity * 2, FirstCapacity);
        var bigger = capacity == FirstCapacity ? _first ??= new T[FirstCapacity] : pool.Rent(capacity);
        for (var i = 0; i < Count; i++) bigger[i] = _items[Slot(i)];
        Array.Clear(_items);
        ReturnItems();
        (_items, _capacity, _head) = (bigger, capacity, 0);
    }

    private readonly void ReturnItems()
    {
        if (_items.Length > 0 && _items != _first) pool.Return(_items);
    }
}
