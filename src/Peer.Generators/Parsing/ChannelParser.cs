using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Peers.Generators;

/// <summary>Reads the addresses of channels that are to be filled in.</summary>
internal static class ChannelParser
{
    /// <summary>The members marked <c>[Channel]</c>.</summary>
    public static IReadOnlyList<ISymbol> Members(INamedTypeSymbol type) =>
        [.. type.GetMembers().Where(m => m is IMethodSymbol or IPropertySymbol && m.HasAttribute(KnownNames.Channel)).InSourceOrder()];

    /// <summary>The model of one member; null where it has no body to fill in.</summary>
    public static ChannelModel? Parse(ISymbol member, Problems problems, CancellationToken cancellation)
    {
        var own = new ChannelProblems(member, problems);
        var template = TemplateOf(member.FindAttribute(KnownNames.Channel)!);
        ChannelMemberCheck.Check(member, template, own);
        if (!IsPartial(member)) return null;

        var arguments = own.Any ? [] : template.Names.Select(n => Argument(Parameters(member).First(p => p.Name == n))).ToArray();
        return new(
            Declaration(member, cancellation), TypeNames.Escape(member.Name), own.Any ? null : template.Text,
            arguments.ToEquatableArray(), Setter(member, cancellation));
    }

    /// <summary>The template of an attribute.</summary>
    public static Template TemplateOf(AttributeData attribute) => new(attribute.ConstructorArguments.FirstOrDefault().Value as string ?? "");

    /// <summary>The parameters of a member; none where it is a property.</summary>
    public static ImmutableArray<IParameterSymbol> Parameters(ISymbol member) => member is IMethodSymbol method ? method.Parameters : [];

    /// <summary>Whether a member waits for its body.</summary>
    public static bool IsPartial(ISymbol member) => member switch
    {
        IMethodSymbol method => method.IsPartialDefinition,
        IPropertySymbol property => property.IsPartialDefinition,
        _ => false,
    };

    private static string Argument(IParameterSymbol parameter)
    {
        var name = TypeNames.Escape(parameter.Name);
        return parameter.Type.SpecialType == SpecialType.System_String ? name : $"global::Peers.ChannelTemplate.Text({name})";
    }

    private static string Declaration(ISymbol member, CancellationToken cancellation)
    {
        var syntax = (MemberDeclarationSyntax)member.DeclaringSyntaxReferences[0].GetSyntax(cancellation);
        var modifiers = string.Join(" ", syntax.Modifiers.Select(m => m.ValueText));
        if (member is IPropertySymbol property) return $"{modifiers} {property.Type.Full()} {TypeNames.Escape(member.Name)}";

        var method = (IMethodSymbol)member;
        var typeParameters = method.IsGenericMethod ? $"<{string.Join(", ", method.TypeParameters.Select(p => p.Name))}>" : "";
        var parameters = method.Parameters.Select(p => $"{ModifierOf(p)}{RefKindOf(p)}{p.Type.Full()} {TypeNames.Escape(p.Name)}");
        return $"{modifiers} {method.ReturnType.Full()} {TypeNames.Escape(member.Name)}{typeParameters}({string.Join(", ", parameters)})";
    }

    private static string? Setter(ISymbol member, CancellationToken cancellation)
    {
        var setter = (member as IPropertySymbol)?.SetMethod?.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation);
        return setter is AccessorDeclarationSyntax accessor ? $"{accessor.Modifiers} {accessor.Keyword.ValueText}".TrimStart() : null;
    }

    private static string ModifierOf(IParameterSymbol parameter) =>
        parameter is { Ordinal: 0, ContainingSymbol: IMethodSymbol { IsExtensionMethod: true } } ? "this " : parameter.IsParams ? "params " : "";

    private static string RefKindOf(IParameterSymbol parameter) => parameter.RefKind switch
    {
        RefKind.Ref => "ref ",
        RefKind.Out => "out ",
        RefKind.In => "in ",
        RefKind.RefReadOnlyParameter => "ref readonly ",
        _ => "",
    };
}
