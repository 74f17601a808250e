using Microsoft.CodeAnalysis;

namespace Peers.Generators;

// What attributes and interfaces of System.Text.Json ask of a type.
internal sealed partial class MessageParser
{
    // JsonObjectCreationHandling, JsonUnmappedMemberHandling
    private const int Populate = 1, Disallow = 1;

    /// <summary>What a type asks for that is not supported; nothing where all of it is.</summary>
    public static IEnumerable<string> WhyNotType(ITypeSymbol type)
    {
        if (ValueOf(type, JsonNames.CreationHandling) == Populate) yield return "is to be filled where it is ([JsonObjectCreationHandling]), which is not supported";
        if (type.HasAttribute(JsonNames.DerivedType) || type.HasAttribute(JsonNames.Polymorphic))
            yield return "is polymorphic by its own attributes: here [Message] on an interface or abstract class does that";
        foreach (var callback in type.AllInterfaces.Where(i => JsonNames.Callbacks.Contains(i.ToDisplayString(TypeNames.Namespace), StringComparer.Ordinal)))
            yield return $"implements {callback.Name}, which is not called";
    }

    private static bool RefusesUnknown(ITypeSymbol type) => ValueOf(type, JsonNames.UnmappedMembers) == Disallow;

    private static int? ValueOf(ISymbol symbol, string attribute) => symbol.FindAttribute(attribute)?.ConstructorArguments.FirstOrDefault().Value as int?;
}
