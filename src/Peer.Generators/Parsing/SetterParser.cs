using Microsoft.CodeAnalysis;

namespace Peers.Generators;

/// <summary>Reads how an init property of a generic class is set.</summary>
/// <remarks>
/// An unsafe accessor is found by the signature that the class itself declares, in which its type parameters stand for themselves. So the
/// accessor
/// stands in a class with the same type parameters in the same places, and no others: those of types around count, too.
/// </remarks>
internal static class SetterParser
{
    /// <summary>The setter, or null where the class that declares the property has no type parameters.</summary>
    /// <param name="property">The property.</param>
    /// <param name="isApart">Whether the accessor cannot stand inside the message, because that has type parameters of its own.</param>
    public static MessageSetter? Parse(IPropertySymbol property, bool isApart)
    {
        var definition = property.OriginalDefinition;
        var parameters = Around(definition.ContainingType).SelectMany(t => t.TypeParameters).ToArray();
        if (parameters.Length == 0) return null;

        var names = parameters.Select((p, i) => (Parameter: p, Name: $"T{i}"))
            .ToDictionary(p => (ISymbol)p.Parameter, p => p.Name, SymbolEqualityComparer.Default);
        var arguments = Around(property.ContainingType).SelectMany(t => t.TypeArguments).Select(a => a.Full());
        return new(
            $"<{string.Join(", ", names.Values)}>",
            parameters.Select(p => Constraint(p, names)).Where(c => c.Length > 0).ToEquatableArray(),
            $"<{string.Join(", ", arguments)}>",
            definition.ContainingType.Full(names),
            definition.Type.Full(names),
            isApart);
    }

    /// <summary>Whether code outside of all types can name what the accessor takes.</summary>
    public static bool CanStandApart(IPropertySymbol property, Compilation compilation) =>
        compilation.IsSymbolAccessibleWithin(property.ContainingType, compilation.Assembly)
        && (property.Type is not INamedTypeSymbol type || compilation.IsSymbolAccessibleWithin(type, compilation.Assembly));

    // The type and those around it, outermost first.
    private static IEnumerable<INamedTypeSymbol> Around(INamedTypeSymbol type) =>
        type.ContainingType is { } around ? Around(around).Append(type) : [type];

    private static string Constraint(ITypeParameterSymbol parameter, Dictionary<ISymbol, string> names)
    {
        var constraints = new List<string>();
        if (parameter.HasUnmanagedTypeConstraint) constraints.Add("unmanaged");
        else if (parameter.HasValueTypeConstraint) constraints.Add("struct");
        else if (parameter.HasReferenceTypeConstraint) constraints.Add("class");
        else if (parameter.HasNotNullConstraint) constraints.Add("notnull");

        constraints.AddRange(parameter.ConstraintTypes.Select(t => t.Full(names)));
        if (parameter.HasConstructorConstraint) constraints.Add("new()");
        if (parameter.AllowsRefLikeType) constraints.Add("allows ref struct");
        return constraints.Count == 0 ? "" : $"where {names[parameter]} : {string.Join(", ", constraints)}";
    }
}
