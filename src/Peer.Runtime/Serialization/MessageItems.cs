using System.Runtime.CompilerServices;

namespace Peers;

/// <summary>Gathers the items of an array while it is read, so that the collection made of them is made once and of the right size. Generated code drives it.</summary>
/// <remarks>It must not be copied, and is spent once a collection was made of it. Where reading fails it is simply left: what it rented is garbage then.</remarks>
/// <typeparam name="T">What an item is.</typeparam>
public ref struct MessageItems<T>
{
    private const int FirstSize = 16;

    private T[]? _rented;
    private Span<T> _items;
    private int _count;

    /// <summary>Takes one more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(T item)
    {
        if ((uint)_count >= (uint)_items.Length) Grow();
        _items[_count++] = item;
    }

    /// <summary>An array of the items.</summary>
    public T[] ToArray()
    {
        var array = _items[.._count].ToArray();
        Return();
        return array;
    }

    /// <summary>A list of the items, without room for more.</summary>
    public List<T> ToList()
    {
        var list = new List<T>(_count);
        list.AddRange(_items[.._count]);
        Return();
        return list;
    }

    /// <summary>A set of the items, each once.</summary>
    public HashSet<T> ToSet()
    {
        var set = new HashSet<T>(_count);
        foreach (var item in _items[.._count]) set.Add(item);
        Return();
        return set;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow()
    {
        var bigger = Buffers.Rent<T>(_rented is null ? FirstSize : _count * 2);
        _items[.._count].CopyTo(bigger);
        if (_rented is not null) Release();
        _rented = bigger;
        _items = bigger;
    }

    private void Return()
    {
        if (_rented is not null) Release();
        _rented = null;
        _items = default;
        _count = 0;
    }

    // What the pool keeps must not keep what the items refer to.
    private readonly void Release()
    {
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>()) _items[.._count].Clear();
        Buffers.Return(_rented!);
    }
}
