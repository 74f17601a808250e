using Microsoft.CodeAnalysis;

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
        return attribute is { ConstructorArguments: { Length: 1 } arguments } && !arguments[0].IsNull ? Constant.Of(arguments[0]) : null;
    }
}
