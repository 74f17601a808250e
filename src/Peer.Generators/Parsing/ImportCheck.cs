using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Peers.Generators;

/// <summary>Finds parameters with an attribute that we know and the compiler does not, because its namespace is not imported.</summary>
internal static class ImportCheck
{
    private const string Mvc = "Microsoft.AspNetCore.Mvc";
    private const string Injection = "Microsoft.Extensions.DependencyInjection";

    private static readonly Dictionary<string, string> s_namespaces = new(StringComparer.Ordinal)
    {
        ["FromRoute"] = Mvc,
        ["FromServices"] = Mvc,
        ["FromKeyedServices"] = Injection,
    };

    /// <summary>Reports the parameter's attribute, if it is one of these.</summary>
    /// <returns>True where there is such an attribute: what the parameter is, is not known then.</returns>
    public static bool IsMissing(IParameterSymbol parameter, string owner, Problems problems)
    {
        foreach (var attribute in parameter.GetAttributes())
        {
            if (attribute.AttributeClass is not { TypeKind: TypeKind.Error } type) continue;

            var name = type.Name.EndsWith("Attribute", StringComparison.Ordinal) ? type.Name.Substring(0, type.Name.Length - "Attribute".Length) : type.Name;
            if (!s_namespaces.TryGetValue(name, out var space)) continue;

            problems.AddNotImported(PlaceOf(attribute, parameter), space, owner, parameter.Name, name);
            return true;
        }
        return false;
    }

    private static Location PlaceOf(AttributeData attribute, IParameterSymbol parameter) =>
        attribute.ApplicationSyntaxReference?.GetSyntax() is AttributeSyntax syntax ? syntax.Name.GetLocation() : parameter.Locations.FirstOrDefault() ?? Location.None;
}
