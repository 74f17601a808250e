using Microsoft.CodeAnalysis;

namespace Peers.Generators;

/// <summary>A hook's signature as a person would write it: the comment above its call.</summary>
internal static class HookSignature
{
    public static string Of(IMethodSymbol method, AttributeData hook)
    {
        var modifiers = method.IsStatic ? "static " : "";
        return $"[{Name(hook)}] {modifiers}{method.ReturnType.Short()} {method.Name}({string.Join(", ", method.Parameters.Select(Parameter))})";
    }

    private static string Parameter(IParameterSymbol parameter)
    {
        var source = parameter.GetAttributes().Where(IsSource).Select(a => $"[{Name(a)}] ").FirstOrDefault();
        return $"{source}{parameter.Type.Short()} {parameter.Name}";
    }

    private static bool IsSource(AttributeData attribute) =>
        attribute.Is(KnownNames.FromRoute) || attribute.Is(KnownNames.FromServices) || attribute.Is(KnownNames.FromKeyedServices);

    private static string Name(AttributeData attribute)
    {
        var name = attribute.AttributeClass!.Name;
        return name.Substring(0, name.Length - "Attribute".Length);
    }
}
