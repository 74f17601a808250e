using Microsoft.CodeAnalysis;

namespace Peers.Generators;

/// <summary>Says whether null may be given to a property and got from it: its annotation, and attributes of
/// <c>System.Diagnostics.CodeAnalysis</c>.</summary>
/// <remarks>As System.Text.Json does, a property that the constructor takes is judged by the parameter when it is read.</remarks>
internal static class NullAttributes
{
    private const string Space = "System.Diagnostics.CodeAnalysis.";

    /// <summary>The type as what is read: nullable where null may be set.</summary>
    public static ITypeSymbol Taken(IPropertySymbol property, IParameterSymbol? parameter)
    {
        if (!property.Type.IsReferenceType) return property.Type;
        if (parameter is not null) return Annotated(parameter.Type, Asked([parameter], "AllowNull", "DisallowNull"));

        return Annotated(property.Type, Asked([property, property.SetMethod?.Parameters.LastOrDefault()], "AllowNull", "DisallowNull"));
    }

    /// <summary>The type as what is written: nullable where the getter may return null.</summary>
    public static ITypeSymbol Given(IPropertySymbol property)
    {
        var asked = Asked([property], "MaybeNull", "NotNull") ?? Of(property.GetMethod?.GetReturnTypeAttributes() ?? [], "MaybeNull", "NotNull");
        return Annotated(property.Type, asked);
    }

    /// <summary>Whether a <c>Nullable&lt;T&gt;</c> may not be set to null.</summary>
    public static bool RefusesNull(IPropertySymbol property, IParameterSymbol? parameter) =>
        Asked(parameter is not null ? [parameter] : [property, property.SetMethod?.Parameters.LastOrDefault()], "AllowNull", "DisallowNull") == false;

    private static ITypeSymbol Annotated(ITypeSymbol type, bool? canBeNull) => canBeNull switch
    {
        true => type.WithNullableAnnotation(NullableAnnotation.Annotated),
        false => type.WithNullableAnnotation(NullableAnnotation.NotAnnotated),
        null => type,
    };

    private static bool? Asked(ISymbol?[] symbols, string allows, string forbids) =>
        symbols.Select(s => Of(s?.GetAttributes() ?? [], allows, forbids)).FirstOrDefault(asked => asked is not null);

    private static bool? Of(IEnumerable<AttributeData> attributes, string allows, string forbids)
    {
        foreach (var attribute in attributes)
        {
            if (attribute.Is($"{Space}{forbids}Attribute")) return false;
            if (attribute.Is($"{Space}{allows}Attribute")) return true;
        }
        return null;
    }
}
