using System.Diagnostics.CodeAnalysis;

namespace Peers;

// Messages inside messages that name their type.
public ref partial struct MessageReader
{
    /// <summary>Finds the <c>type</c> of the object that comes next, wherever in it that stands. Takes nothing, and sets no error.</summary>
    /// <returns>The type, unescaped; empty where something else comes, or an object that has none.</returns>
    public readonly ReadOnlySpan<byte> PeekType()
    {
        var start = JsonText.SkipSpace(_json, _at);
        if (MessageEnvelope.TryReadFirstType(_json[start..], out var type)) return type;

        var end = JsonText.SkipValue(_json, start, _depth);
        return end >= 0 && MessageEnvelope.TryScan(_json[start..end], out type, out _, out _) ? type : default;
    }

    /// <summary>Reads a message that stands inside another.</summary>
    public bool TryReadMessage<T>([NotNullWhen(true)] out T? message) where T : IMessage<T>
    {
        if (T.TryRead(ref this, out message) && message is not null) return true;

        message = default;
        return false;
    }

    /// <summary>Reads a message as one of those that a type stands for.</summary>
    public bool TryReadMessage<T, TUnion>([MaybeNullWhen(false)] out TUnion message) where T : TUnion, IMessage<T>
    {
        var isRead = T.TryRead(ref this, out var read);
        message = read;
        return isRead;
    }

    /// <summary>Says that no message of this type is expected.</summary>
    /// <returns>False.</returns>
    public bool FailType() => Fail("An object was expected whose type is that of a message which may stand here.");
}
