using Microsoft.CodeAnalysis;

namespace Peers.Generators;

/// <summary>Reads how a handler is made.</summary>
internal static class ConstructorParser
{
    public static EquatableArray<ConstructorParameterModel> Parse(INamedTypeSymbol type, Problems problems)
    {
        if (type.IsAbstract)
        {
            problems.Add(Rules.HandlerCannotBeCreated, type, type.Short(), "is abstract", "Remove [PeerHandler], and put it on the classes derived from it");
            return default;
        }
        if (type.IsFileLocal)
        {
            problems.Add(Rules.HandlerCannotBeCreated, type, type.Short(), "is file-local, so that no generated file can complete it", "Make it internal");
            return default;
        }
        if (Choose(type) is { } constructor)
        {
            CheckRequired(type, constructor, problems);
            return Parameters(type, constructor, problems);
        }

        problems.Add(Rules.HandlerCannotBeCreated, type, type.Short(), "has several constructors", "Leave one, or mark one [ActivatorUtilitiesConstructor]");
        return default;
    }

    private static void CheckRequired(INamedTypeSymbol type, IMethodSymbol constructor, Problems problems)
    {
        if (constructor.HasAttribute(KnownNames.SetsRequiredMembers)) return;

        if (Required(type) is not { } required) return;

        // A base class may be in another assembly, and is not wrong by itself.
        ISymbol place = SymbolEqualityComparer.Default.Equals(required.ContainingType, type) ? required : type;
        problems.Add(Rules.HandlerCannotBeCreated, place, type.Short(), $"requires '{required.Name}', which nothing sets", "Take it in the constructor");
    }

    private static ISymbol? Required(INamedTypeSymbol type)
    {
        for (var t = type; t is not null; t = t.BaseType)
        {
            if (t.GetMembers().FirstOrDefault(m => m is IPropertySymbol { IsRequired: true } or IFieldSymbol { IsRequired: true }) is { } required) return required;
        }
        return null;
    }

    private static IMethodSymbol? Choose(INamedTypeSymbol type)
    {
        var all = type.InstanceConstructors.Where(c => !IsCopyConstructor(c)).ToArray();
        if (all.Length == 1) return all[0];
        if (all.SingleOrDefault(c => c.HasAttribute(KnownNames.ActivatorUtilitiesConstructor)) is { } marked) return marked;

        var open = all.Where(c => c.DeclaredAccessibility is Accessibility.Public or Accessibility.Internal).ToArray();
        return open.Length == 1 ? open[0] : null;
    }

    private static bool IsCopyConstructor(IMethodSymbol constructor) =>
        constructor.ContainingType.IsRecord
        && constructor.Parameters.Length == 1
        && SymbolEqualityComparer.Default.Equals(constructor.Parameters[0].Type, constructor.ContainingType);

    private static EquatableArray<ConstructorParameterModel> Parameters(INamedTypeSymbol type, IMethodSymbol constructor, Problems problems)
    {
        foreach (var parameter in constructor.Parameters)
        {
            if (ImportCheck.IsMissing(parameter, type.Name, problems)) continue;
            if (parameter.Type.TypeKind == TypeKind.Error) problems.AddReported();
            if (parameter.RefKind is RefKind.None or RefKind.In && !parameter.Type.IsRefLikeType) continue;

            problems.Add(Rules.HandlerCannotBeCreated, parameter, type.Short(), $"takes '{parameter.Type.Short()} {parameter.Name}', which is no service", "Take services only");
        }
        return constructor.Parameters.Select(Parameter).ToEquatableArray();
    }

    private static ConstructorParameterModel Parameter(IParameterSymbol parameter)
    {
        // A number or a string with a default is a setting, not a service.
        var isSetting = parameter.IsOptional && (parameter.Type.IsValueType || parameter.Type.SpecialType == SpecialType.System_String);
        return new(TypeNames.Escape(parameter.Name), isSetting ? null : ServiceParser.Parse(parameter));
    }
}
