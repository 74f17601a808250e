using Microsoft.CodeAnalysis;

namespace Peers.Generators;

/// <summary>Finds attributes by the name that they have in metadata, whatever assembly declares them.</summary>
internal static class Attributes
{
    /// <summary>Whether an attribute is of this type. The name alone decides most of the time: transforms ask often.</summary>
    public static bool Is(this AttributeData attribute, string metadataName) =>
        attribute.AttributeClass is { } type
        && metadataName.EndsWith(type.Name, StringComparison.Ordinal)
        && type.ToDisplayString(TypeNames.Namespace) == metadataName;

    public static AttributeData? FindAttribute(this ISymbol symbol, string metadataName) =>
        symbol.GetAttributes().FirstOrDefault(a => a.Is(metadataName));

    public static bool HasAttribute(this ISymbol symbol, string metadataName) => symbol.FindAttribute(metadataName) is not null;
}
