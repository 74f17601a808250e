using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Peers.Generators;

/// <summary>Reads a parameter that takes a service.</summary>
internal static class ServiceParser
{
    public static ServiceModel Parse(IParameterSymbol parameter)
    {
        var isOptional = parameter.IsOptional || parameter.NullableAnnotation == NullableAnnotation.Annotated;
        return new(parameter.Type.FullNotNull(), Key(parameter), isOptional);
    }

    private static string? Key(IParameterSymbol parameter)
    {
        var attribute = parameter.FindAttribute(KnownNames.FromKeyedServices);
        return attribute is { ConstructorArguments: { Length: 1 } arguments } && !arguments[0].IsNull ? Literal(arguments[0]) : null;
    }

    private static string Literal(TypedConstant key) => key.Kind switch
    {
        TypedConstantKind.Type => $"typeof({((ITypeSymbol)key.Value!).Full()})",
        TypedConstantKind.Enum => $"({key.Type!.Full()})({SymbolDisplay.FormatPrimitive(key.Value!, quoteStrings: true, useHexadecimalNumbers: false)})",
        _ => key.ToCSharpString(),
    };
}
