using Microsoft.CodeAnalysis;

namespace Peers.Generators;

/// <summary>Says what keeps a member from being the address of a channel.</summary>
internal static class ChannelMemberCheck
{
    public static void Check(ISymbol member, Template template, ChannelProblems problems)
    {
        CheckMember(member, problems);
        if (!problems.Any) CheckTemplate(member, template, problems);
    }

    private static void CheckMember(ISymbol member, ChannelProblems problems)
    {
        var type = member is IMethodSymbol method ? method.ReturnType : ((IPropertySymbol)member).Type;
        if (type.TypeKind == TypeKind.Error) problems.AddReported();
        else if (!IsChannel(type)) problems.Member($"returns '{type.Short()}'", "Return PeerChannel<T>");

        if (!member.IsStatic || !ChannelParser.IsPartial(member)) problems.Member("is not static and partial", "Declare it 'static partial', without a body");
        else if (member is IMethodSymbol { IsGenericMethod: true }) problems.Member("has type parameters", "Remove them");
        else if (member is IPropertySymbol { SetMethod: not null }) problems.Member("has a setter", "Leave the getter only");

        foreach (var parameter in ChannelParser.Parameters(member)) CheckParameter(parameter, problems);
    }

    private static void CheckParameter(IParameterSymbol parameter, ChannelProblems problems)
    {
        if (parameter.Type.TypeKind == TypeKind.Error) problems.AddReported();
        else if (parameter.RefKind != RefKind.None) problems.Member($"takes '{parameter.Name}' by reference", "Take it by value");
        else if (!IsText(parameter.Type) && !IsFormattable(parameter.Type))
        {
            problems.Member($"takes '{parameter.Type.Short()} {parameter.Name}', which has no text that is the same everywhere", "Take string, or a type that implements IFormattable");
        }
    }

    private static void CheckTemplate(ISymbol member, Template template, ChannelProblems problems)
    {
        if (template.Error is { } error) problems.Template(error, "Write parameters as {name}");

        var parameters = ChannelParser.Parameters(member);
        foreach (var name in template.Names.Where(n => parameters.All(p => p.Name != n)))
        {
            problems.Template($"names '{{{name}}}', which is none of its parameters", "Add the parameter, or remove it from the template");
        }
        foreach (var unused in parameters.Where(p => template.Names.All(n => n != p.Name)))
        {
            problems.Template($"takes '{unused.Name}', which its template '{template.Text}' does not name", $"Add '{{{unused.Name}}}' to the template, or remove the parameter");
        }
    }

    private static bool IsChannel(ITypeSymbol type) =>
        type.MetadataName == "PeerChannel`1" && type.ContainingNamespace.ToDisplayString() == "Peers";

    private static bool IsText(ITypeSymbol type) =>
        type.SpecialType == SpecialType.System_String && type.NullableAnnotation != NullableAnnotation.Annotated;

    private static bool IsFormattable(ITypeSymbol type) =>
        type.NullableAnnotation != NullableAnnotation.Annotated
        && (type.TypeKind == TypeKind.Enum || type.AllInterfaces.Any(i => i.ToDisplayString() == "System.IFormattable"));
}
