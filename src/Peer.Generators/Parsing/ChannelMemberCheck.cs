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

    /// <summary>Whether nothing does.</summary>
    public static bool IsCorrect(ISymbol member, Template template)
    {
        var problems = new ChannelProblems(member, new());
        Check(member, template, problems);
        return !problems.Any;
    }

    /// <summary>Whether a value of this type has a text that is the same everywhere.</summary>
    public static bool HasText(ITypeSymbol type) => IsText(type) || IsFormattable(type);

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
        if (problems.IsNotImported(parameter)) return;
        if (parameter.Type.TypeKind == TypeKind.Error) problems.AddReported();
        else if (parameter.RefKind != RefKind.None) problems.Member($"takes '{parameter.Name}' by reference", "Take it by value");
        else if (!HasText(parameter.Type))
        {
            problems.Member($"takes '{parameter.Type.Short()} {parameter.Name}', which has no text that is the same everywhere", "Take string, or a type that implements IFormattable");
        }
    }

    private static void CheckTemplate(ISymbol member, Template template, ChannelProblems problems)
    {
        if (template.Error is { } error)
        {
            problems.Template(error, "Write parameters as {name}");
            return;
        }

        var (unknown, unused) = (template.UnknownAmong(ChannelParser.Parameters(member)), template.UnusedAmong(ChannelParser.Parameters(member)));
        switch (unknown.Count, unused.Count)
        {
            case ( > 0, > 0):
                problems.Template($"names '{{{unknown[0]}}}', but takes '{unused[0]}'", $"Write '{{{unused[0]}}}' in the template, or rename the parameter");
                break;
            case ( > 0, _):
                problems.Template($"names '{{{unknown[0]}}}', which is none of its parameters", "Add the parameter, or remove it from the template");
                break;
            case (_, > 0):
                problems.Template($"takes '{unused[0]}', which its template '{template.Text}' does not name", $"Add '{{{unused[0]}}}' to the template, or remove the parameter");
                break;
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
