using Microsoft.CodeAnalysis;

namespace Peers.Generators;

/// <summary>Reads a parameter that takes a route value.</summary>
internal static class RouteValueParser
{
    /// <summary>The route value, or null where its text cannot become this type.</summary>
    public static RouteValueModel? Parse(IParameterSymbol parameter, string name, Route? route)
    {
        var isCertain = route?.AlwaysHas(name) ?? false;
        var isOptional = parameter.NullableAnnotation == NullableAnnotation.Annotated;
        if (parameter.Type.SpecialType == SpecialType.System_String) return new(name, null, false, isOptional, isCertain);

        var isNullableValue = parameter.Type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T;
        if (isOptional && !isNullableValue) return null;

        var type = isNullableValue ? ((INamedTypeSymbol)parameter.Type).TypeArguments[0] : parameter.Type;
        var isEnum = type.TypeKind == TypeKind.Enum;
        return isEnum || IsParsable(type) ? new(name, type.Full(), isEnum, isNullableValue, isCertain) : null;
    }

    /// <summary>The name in the route: what <c>[FromRoute(Name = …)]</c> says, else the parameter's own.</summary>
    public static string Name(IParameterSymbol parameter)
    {
        var named = parameter.FindAttribute(KnownNames.FromRoute)?.NamedArguments.FirstOrDefault(a => a.Key == "Name").Value.Value;
        return named as string ?? parameter.Name;
    }

    private static bool IsParsable(ITypeSymbol type) =>
        type.AllInterfaces.Any(i =>
            i.MetadataName == "IParsable`1"
            && i.ContainingNamespace.ToDisplayString() == "System"
            && SymbolEqualityComparer.Default.Equals(i.TypeArguments[0], type));
}
