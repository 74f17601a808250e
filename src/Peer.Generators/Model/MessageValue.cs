namespace Peers.Generators;

/// <summary>What a property, an item or a dictionary's value holds.</summary>
/// <param name="Type">The type, C#, without the question mark of a reference that may be null.</param>
/// <param name="WireType">An enum's underlying type, which is what the wire has; else empty.</param>
/// <param name="Codec">The codec that reads and writes it; empty where the runtime does.</param>
/// <param name="Null">Whether null may stand for it.</param>
/// <param name="IsReference">Whether it is a reference.</param>
internal sealed record MessageValue(string Type, string WireType, string Codec, MessageNull Null, bool IsReference)
{
    /// <summary>The type of a variable that holds it while it is read.</summary>
    public string LocalType => WireType.Length > 0 ? WireType : IsReference ? Type + "?" : Type;

    /// <summary>The type with its question mark, where null may stand for it.</summary>
    public string FullType => Null == MessageNull.Reference ? Type + "?" : Type;
}

/// <summary>Whether null may stand for a value.</summary>
internal enum MessageNull
{
    No,
    /// <summary>It is a reference that may be null.</summary>
    Reference,
    /// <summary>It is a <c>Nullable&lt;T&gt;</c>.</summary>
    Value,
}

/// <summary>A pair of methods that reads and writes the values of one type.</summary>
/// <param name="Name">What the pair is called: <c>TryReadX</c> and <c>WriteX</c>.</param>
/// <param name="Type">The type, C#.</param>
/// <param name="IsReference">Whether it is a reference.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Item">What it holds, where it is a collection, a dictionary or a nullable.</param>
/// <param name="Result">C# that makes the type out of <c>items</c>.</param>
/// <param name="Body">Its members, where it is an object.</param>
/// <param name="ShortName">What it is called in an exception.</param>
internal sealed record MessageCodec(
    string Name, string Type, bool IsReference, MessageCodecKind Kind, MessageValue? Item, string Result, MessageObject? Body, string ShortName);

internal enum MessageCodecKind
{
    Nullable,
    Collection,
    Dictionary,
    Object,
    /// <summary>Sets an init property of a class: a writer of one property, with no reader.</summary>
    Setter,
}
