using System.Diagnostics.CodeAnalysis;

namespace Peers;

/// <summary>What a transport or middleware adds to a peer, one value a type. State of your own belongs in the handler's fields.</summary>
/// <remarks>Safe from any thread.</remarks>
public sealed class PeerContext
{
    private readonly Lock _lock = new();
    private Dictionary<Type, object>? _values;

    /// <summary>The value of type <typeparamref name="T"/>, or null.</summary>
    public T? Get<T>() where T : class => TryGet<T>(out var value) ? value : null;

    /// <summary>The value of type <typeparamref name="T"/>, if there is one.</summary>
    public bool TryGet<T>([MaybeNullWhen(false)] out T value) where T : class
    {
        lock (_lock)
        {
            value = _values is not null && _values.TryGetValue(typeof(T), out var found) ? (T)found : null;
            return value is not null;
        }
    }

    /// <summary>Sets the value of type <typeparamref name="T"/>; null removes it.</summary>
    public void Set<T>(T? value) where T : class
    {
        lock (_lock)
        {
            if (value is null) _values?.Remove(typeof(T));
            else (_values ??= [])[typeof(T)] = value;
        }
    }
}
