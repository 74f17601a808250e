namespace Peers.Generators;

/// <summary>A type marked <c>[Message]</c>. Everything below it is text and numbers, so that two parses of the same code are equal.</summary>
/// <param name="Shell">Where the generated members go.</param>
/// <param name="WireName">The value of <c>type</c>.</param>
/// <param name="IsValueType">Whether it is a struct.</param>
/// <param name="Body">Its members, or null where something about them is wrong: then the shape is emitted, with bodies that throw.</param>
/// <param name="Codecs">One for each type in it that the runtime does not read and write by itself.</param>
/// <param name="CodecsName">The nested class that holds them: a name that the type does not use; empty where code is written inside that class.</param>
/// <param name="Diagnostics">What the generator reports about it.</param>
/// <param name="Cases">What it is to the types that stand for it and others.</param>
/// <param name="Wrapped">The type that it is made around, from <c>global::</c> on; empty where it is a message itself.</param>
/// <param name="UsesObsolete">Whether it has parts that are obsolete, which only what is obsolete itself may use.</param>
internal sealed record MessageModel(
    TypeShell Shell, string WireName, bool IsValueType, MessageObject? Body, EquatableArray<MessageCodec> Codecs, string CodecsName,
    EquatableArray<DiagnosticModel> Diagnostics = default, EquatableArray<MessageCase> Cases = default, string Wrapped = "",
    bool UsesObsolete = false) : IGeneratedType
{
    /// <summary>What stands before a codec's name where it is called.</summary>
    public string CodecsPrefix => CodecsName.Length == 0 ? "" : CodecsName + ".";
}

/// <summary>How an object is made from its members, and they from it.</summary>
/// <param name="Members">In the order in which they are written.</param>
/// <param name="Arguments">What the constructor is called with, C# each.</param>
/// <param name="Initialized">The members that an object initializer sets.</param>
/// <param name="RefusesUnknown">Whether a member that the type does not have is refused.</param>
/// <param name="Known">Then, the names of those that it has and that are not read: their values are skipped.</param>
internal sealed record MessageObject(
    EquatableArray<MessageMember> Members, EquatableArray<MessageArgument> Arguments, EquatableArray<int> Initialized,
    bool RefusesUnknown = false, EquatableArray<string> Known = default);

/// <summary>One argument of the constructor.</summary>
/// <param name="Member">The member that it is, by its place; negative where no member of the wire is it.</param>
/// <param name="Default">What is passed where the member is not on the wire, C#; empty where that cannot be.</param>
internal sealed record MessageArgument(int Member, string Default);

/// <summary>One property.</summary>
/// <param name="Property">Its name in source.</param>
/// <param name="WireName">Its name on the wire.</param>
/// <param name="Local">The variable that holds it while the object is read.</param>
/// <param name="Value">What it holds, as it is read.</param>
/// <param name="Written">What it holds, as it is written: another value only where null may be set and not got, or got and not set.</param>
/// <param name="IsRequired">Whether it has to be on the wire.</param>
/// <param name="IsWritten">Whether it has a getter.</param>
/// <param name="Assignment">How it is set.</param>
/// <param name="Setter">The accessor that sets it, where <see cref="Assignment"/> is <see cref="MessageAssignment.Accessor"/>.</param>
/// <param name="Omission">When it is not written.</param>
/// <param name="RefusesNull">Whether null is refused for it, though its type is a <c>Nullable&lt;T&gt;</c>.</param>
internal sealed record MessageMember(
    string Property, string WireName, string Local, MessageValue Value, MessageValue Written, bool IsRequired, bool IsWritten,
    MessageAssignment Assignment, string Setter, MessageOmission Omission, bool RefusesNull)
{
    public bool IsRead => Assignment != MessageAssignment.None;
}

/// <summary>How a property gets its value.</summary>
internal enum MessageAssignment
{
    /// <summary>Not at all: it is computed, and only written.</summary>
    None,
    /// <summary>With the object: by its constructor or its initializer.</summary>
    Construction,
    /// <summary>Afterwards, if it was on the wire: what the type itself gave it stays otherwise.</summary>
    Set,
    /// <summary>As <see cref="Set"/>, for an init property of a struct.</summary>
    With,
    /// <summary>As <see cref="Set"/>, for an init property of a class.</summary>
    Accessor,
}

/// <summary>When a property is not written: <c>JsonIgnoreCondition</c>.</summary>
internal enum MessageOmission
{
    Never,
    WhenNull,
    WhenDefault,
}
