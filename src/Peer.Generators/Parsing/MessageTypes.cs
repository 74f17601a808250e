using Microsoft.CodeAnalysis;

namespace Peers.Generators;

/// <summary>The types that <c>[assembly: MessageType&lt;T&gt;]</c> makes messages.</summary>
internal static class MessageTypes
{
    /// <summary>The attributes of an assembly, one a type, in the order of the source.</summary>
    public static IEnumerable<AttributeData> In(IAssemblySymbol assembly)
    {
        var seen = new HashSet<ITypeSymbol>(SymbolEqualityComparer.Default);
        return assembly.GetAttributes().Where(a => IsMessageType(a) && seen.Add(TypeOf(a)));
    }

    /// <summary>The type that an attribute is about.</summary>
    public static ITypeSymbol TypeOf(AttributeData attribute)
    {
        var type = attribute.AttributeClass!.TypeArguments[0];
        return type.IsReferenceType ? type.WithNullableAnnotation(NullableAnnotation.NotAnnotated) : type;
    }

    /// <summary>What it is called on the wire.</summary>
    public static string NameOf(AttributeData attribute) =>
        attribute.ConstructorArguments.FirstOrDefault().Value as string ?? MessageName.CamelCase(TypeOf(attribute).Name);

    /// <summary>What a type is called on the wire as a message of an assembly, its own or not; null where it is none.</summary>
    public static string? NameOf(ITypeSymbol type, IAssemblySymbol assembly) =>
        MessageName.Of(type) ?? (Find(type, assembly) is { } attribute ? NameOf(attribute) : null);

    /// <summary>The message that is generated around a type, from <c>global::</c> on; empty where it is a message itself, or none.</summary>
    public static string WrapperOf(ITypeSymbol type, IAssemblySymbol assembly) =>
        MessageName.Of(type) is null && Find(type, assembly) is { } attribute ? $"global::Peers.MessageTypes.{WrapperName(attribute, assembly)}" : "";

    /// <summary>The name of the message that is generated around a type: of two types of one name the second gets a number.</summary>
    public static string WrapperName(AttributeData attribute, IAssemblySymbol assembly)
    {
        var type = TypeOf(attribute);
        var alike = In(assembly).Select(TypeOf).Where(t => t.Name == type.Name).OrderBy(t => t.Full(), StringComparer.Ordinal).ToList();
        var place = alike.FindIndex(t => SymbolEqualityComparer.Default.Equals(t, type));
        return place == 0 ? $"{type.Name}Message" : $"{type.Name}Message{place + 1}";
    }

    /// <summary>Whether a message can be made around a type, if only in its shape: so one mistake does not become many.</summary>
    public static bool CanBeWrapped(AttributeData attribute, Compilation compilation) =>
        TypeOf(attribute) is INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Struct or TypeKind.Interface, IsRefLikeType: false, IsStatic: false, OriginalDefinition.SpecialType: not SpecialType.System_Nullable_T } type
        && MessageName.Of(type) is null
        && compilation.IsSymbolAccessibleWithin(type, compilation.Assembly);

    /// <summary>Why a type can be no message; null where it can, as far as its members can.</summary>
    public static (string Fact, string Remedy)? WhyNot(AttributeData attribute, Compilation compilation)
    {
        var (type, name) = (TypeOf(attribute), NameOf(attribute));
        if (MessageName.Of(type) is not null) return ("is one by itself", "Remove [MessageType]");
        if (type is not INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Struct, IsAbstract: false, IsRefLikeType: false, SpecialType: SpecialType.None, IsTupleType: false } named
            || named.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T
            || MessageKnownTypes.IsScalar(type)
            || named.AllInterfaces.Any(i => i.SpecialType == SpecialType.System_Collections_IEnumerable))
        {
            return ("is no object with members", "Write a message that has it as a member");
        }
        if (!compilation.IsSymbolAccessibleWithin(type, compilation.Assembly)) return ("is not accessible here", "Make it internal");
        if (name.Length == 0 || name[0] == '$') return ($"would be called '{name}' on the wire, which " + (name.Length == 0 ? "names nothing" : "belongs to the protocol"), "Give it another name in [MessageType]");
        return null;
    }

    private static AttributeData? Find(ITypeSymbol type, IAssemblySymbol assembly) =>
        In(assembly).FirstOrDefault(a => SymbolEqualityComparer.Default.Equals(TypeOf(a), type));

    private static bool IsMessageType(AttributeData attribute) =>
        attribute.AttributeClass is { Name: "MessageTypeAttribute", TypeArguments.Length: 1 } type && type.ContainingNamespace.ToDisplayString() == "Peers";
}
