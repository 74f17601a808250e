using Microsoft.CodeAnalysis;

namespace Peers.Generators;

/// <summary>Finds attributes by the name that they have in metadata, whatever assembly declares them.</summary>
internal static class Attributes
{
    public static bool Is(this AttributeData attribute, string metadataName) =>
        attribute.AttributeClass is { } type && type.ToDisplayString(TypeNames.Namespace) == metadataName;

    public static AttributeData? FindAttribute(this ISymbol symbol, string metadataName) =>
        symbol.GetAttributes().FirstOrDefault(a => a.Is(metadataName));

    public static bool HasAttribute(this ISymbol symbol, string metadataName) => symbol.FindAttribute(metadataName) is not null;
}
