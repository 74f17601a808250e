namespace Peers.Generators;

/// <summary>What a property, an item or a dictionary's value holds.</summary>
/// <param name="Type">The type, C#, without the question mark of a reference that may be null.</param>
/// <param name="WireType">An enum's underlying type, which is what the wire has; else empty.</param>
/// <param name="Codec">The codec that reads and writes it; empty where the runtime does.</param>
/// <param name="Null">Whether null may stand for it.</param>
/// <param name="IsReference">Whether it is a reference.</param>
/// <param name="Numbers">How it may stand on the wire, where it is a number.</param>
/// <param name="IsRawJson">Whether it is bytes that are JSON already.</param>
internal sealed record MessageValue(
    string Type, string WireType, string Codec, MessageNull Null, bool IsReference, MessageNumbers Numbers = MessageNumbers.Plain, bool IsRawJson = false)
{
    /// <summary>The type of a variable that holds it while it is read.</summary>
    public string LocalType => WireType.Length > 0 ? WireType : IsReference ? Type + "?" : Type;

    /// <summary>The type with its question mark, where null may stand for it.</summary>
    public string FullType => Null is MessageNull.Reference or MessageNull.Converted ? Type + "?" : Type;
}

/// <summary>Whether null may stand for a value.</summary>
internal enum MessageNull
{
    No,
    /// <summary>It is a reference that may be null.</summary>
    Reference,
    /// <summary>It is a <c>Nullable&lt;T&gt;</c>.</summary>
    Value,
    /// <summary>It is a reference that may be null, and its converter decides what stands for that.</summary>
    Converted,
}

/// <summary>A pair of methods that reads and writes the values of one type.</summary>
/// <param name="Name">What the pair is called: <c>TryReadX</c> and <c>WriteX</c>.</param>
/// <param name="Type">The type, C#.</param>
/// <param name="IsReference">Whether it is a reference.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Item">What it holds, where it is a collection, a dictionary or a nullable.</param>
/// <param name="Result">C# that makes the type out of <c>items</c>, or the converter.</param>
/// <param name="Body">Its members, where it is an object.</param>
/// <param name="ShortName">What it is called in an exception.</param>
/// <param name="Names">The names of its values, where it is an enum.</param>
/// <param name="Options">The options of its converter, C#.</param>
/// <param name="Setter">How a property of a generic class is set, where it is a setter of one.</param>
internal sealed record MessageCodec(
    string Name, string Type, bool IsReference, MessageCodecKind Kind, MessageValue? Item, string Result, MessageObject? Body, string ShortName,
    EquatableArray<MessageEnumName> Names = default, string Options = "", MessageSetter? Setter = null);

/// <summary>The accessor of an init property that a generic class declares.</summary>
/// <param name="TypeParameters">Those of the class and of the classes around it, renamed so that no two are alike: <c>&lt;T0,
/// T1&gt;</c>.</param>
/// <param name="Constraints">Their <c>where</c> clauses.</param>
/// <param name="TypeArguments">What stands for them here.</param>
/// <param name="Target">The class, in terms of these type parameters.</param>
/// <param name="Value">The type of the property, in the same terms.</param>
/// <param name="IsApart">Whether it stands outside the message.</param>
internal sealed record MessageSetter(
    string TypeParameters, EquatableArray<string> Constraints, string TypeArguments, string Target, string Value, bool IsApart);

/// <summary>A value of an enum that is written by name.</summary>
/// <param name="Value">The value, C#.</param>
/// <param name="WireName">Its name on the wire.</param>
/// <param name="IsWritten">Whether it is written so: false for the second name of a value.</param>
internal sealed record MessageEnumName(string Value, string WireName, bool IsWritten);

internal enum MessageCodecKind
{
    Nullable,
    Collection,
    Dictionary,
    Object,
    /// <summary>Sets an init property of a class: a writer of one property, with no reader.</summary>
    Setter,
    /// <summary>An enum, by the names of its values.</summary>
    Enum,
    /// <summary>A type that stands for several messages.</summary>
    Union,
    /// <summary>What has a converter of System.Text.Json.</summary>
    Converter,
    /// <summary>What has one, and may be null.</summary>
    NullableConverter,
}
