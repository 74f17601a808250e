using System.Diagnostics.CodeAnalysis;

namespace Peers;

/// <summary>What the compiler implements on a <c>[Message]</c> type: its name, its reader and its writer.</summary>
/// <remarks>Explicit static members only, so that a message shows nothing but its own members. Callers constrain <c>T : IMessage&lt;T&gt;</c>: no reflection, no boxing.</remarks>
/// <typeparam name="TSelf">The message itself.</typeparam>
public interface IMessage<TSelf> where TSelf : IMessage<TSelf>
{
    /// <summary>The value of the <c>type</c> property on the wire.</summary>
    static abstract string Type { get; }

    /// <summary>Reads one whole JSON object, <c>type</c> included, from the reader's position.</summary>
    /// <returns>False where the text is not JSON or does not fit; <see cref="MessageReader.Error"/> says why. Nothing is thrown.</returns>
    static abstract bool TryRead(ref MessageReader reader, [MaybeNullWhen(false)] out TSelf message);

    /// <summary>Writes the message as one JSON object, <c>type</c> first.</summary>
    static abstract void Write(ref MessageWriter writer, in TSelf message);
}

/// <summary>What the compiler implements on a <c>[Message]</c> type that stands for several messages: an interface, or an abstract class or record.</summary>
/// <remarks>Its <see cref="IMessage{TSelf}.Type"/> is never on the wire: it writes the message that it holds, with the type of that.</remarks>
/// <typeparam name="TSelf">The type itself.</typeparam>
public interface IMessageUnion<TSelf> : IMessage<TSelf> where TSelf : IMessageUnion<TSelf>
{
    /// <summary>Whether one of its messages has this <c>type</c>.</summary>
    static abstract bool Holds(ReadOnlySpan<byte> type);
}
