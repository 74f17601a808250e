using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Peers.Generators;

/// <summary>Reads the channels of a type: addresses to fill in, and what each peer joins.</summary>
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
        CheckMember(member, own);
        if (!own.Any) CheckTemplate(member, template, own);
        if (!IsPartial(member)) return null;

        var arguments = own.Any ? [] : template.Names.Select(n => Argument(Parameters(member).First(p => p.Name == n))).ToArray();
        return new(
            Declaration(member, cancellation), TypeNames.Escape(member.Name), own.Any ? null : template.Text,
            arguments.ToEquatableArray(), Setter(member, cancellation));
    }

    /// <summary>What each peer joins: channels of the class first, then members, each in the order of the source.</summary>
    public static List<JoinModel> Joins(INamedTypeSymbol type, IReadOnlyList<ISymbol> members, Route? route, Problems problems)
    {
        var joins = new List<JoinModel>();
        foreach (var attribute in type.GetAttributes().Where(a => a.Is(KnownNames.Channel)))
        {
            if (ClassJoin(type, attribute, route, problems) is { } join) joins.Add(join);
        }
        foreach (var member in members)
        {
            if (IsJoin(member.FindAttribute(KnownNames.Channel)!) && MemberJoin(member, route, problems) is { } join) joins.Add(join);
        }
        return joins;
    }

    /// <summary>Checks the channels of a type that has no peers.</summary>
    public static void CheckNobodyJoins(INamedTypeSymbol type, IReadOnlyList<ISymbol> members, Problems problems)
    {
        foreach (var owner in members.Where(m => IsJoin(m.FindAttribute(KnownNames.Channel)!)).Concat(type.HasAttribute(KnownNames.Channel) ? [type] : []))
        {
            new ChannelProblems(owner, problems).Member($"is to be joined, but '{type.Name}' is no handler", "Remove Join, or add a hook or [PeerHandler]");
        }
    }

    private static bool IsJoin(AttributeData attribute) => attribute.NamedArguments.Any(a => a is { Key: "Join", Value.Value: true });

    private static JoinModel? ClassJoin(INamedTypeSymbol type, AttributeData attribute, Route? route, Problems problems)
    {
        var own = new ChannelProblems(type, problems);
        var template = TemplateOf(attribute);
        if (template.Error is { } error) own.Template(error, "Write parameters as {name}");
        else if (!IsJoin(attribute)) own.Member("has no address and is not joined", "Set Join = true, or move it to a static partial member");
        foreach (var name in template.Names) CheckRoute(name, route, own);
        if (own.Any) return null;

        return new(null, false, template.Text, template.Names.Select(n => Text(n, route)).ToEquatableArray());
    }

    private static JoinModel? MemberJoin(ISymbol member, Route? route, Problems problems)
    {
        var own = new ChannelProblems(member, problems);
        var values = new List<RouteValueModel>();
        foreach (var parameter in Parameters(member))
        {
            var name = RouteValueParser.Name(parameter);
            CheckRoute(name, route, own);
            if (RouteValueParser.Parse(parameter, name, route) is { } value) values.Add(value);
            else own.Member($"takes '{parameter.Type.Short()} {parameter.Name}', which cannot be read from a route", "Take string, an enum, or a type that implements IParsable<T>");
        }
        return own.Any ? null : new(TypeNames.Escape(member.Name), member is IPropertySymbol, "", values.ToEquatableArray());
    }

    private static void CheckRoute(string name, Route? route, ChannelProblems problems)
    {
        if (route is not null && !route.Has(name)) problems.RouteValue(name, route);
    }

    private static RouteValueModel Text(string name, Route? route) => new(name, null, false, false, route?.AlwaysHas(name) ?? false);

    private static void CheckMember(ISymbol member, ChannelProblems problems)
    {
        var type = member is IMethodSymbol method ? method.ReturnType : ((IPropertySymbol)member).Type;
        if (type.TypeKind == TypeKind.Error) problems.AddReported();
        else if (!IsChannel(type)) problems.Member($"returns '{type.Short()}'", "Return PeerChannel<T>");

        if (!member.IsStatic || !IsPartial(member)) problems.Member("is not static and partial", "Declare it 'static partial', without a body");
        else if (member is IMethodSymbol { IsGenericMethod: true }) problems.Member("has type parameters", "Remove them");
        else if (member is IPropertySymbol { SetMethod: not null }) problems.Member("has a setter", "Leave the getter only");

        foreach (var parameter in Parameters(member)) CheckParameter(parameter, problems);
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

        var parameters = Parameters(member);
        foreach (var name in template.Names.Where(n => parameters.All(p => p.Name != n)))
        {
            problems.Template($"names '{{{name}}}', which is none of its parameters", "Add the parameter, or remove it from the template");
        }
        foreach (var unused in parameters.Where(p => template.Names.All(n => n != p.Name)))
        {
            problems.Template($"takes '{unused.Name}', which its template '{template.Text}' does not name", $"Add '{{{unused.Name}}}' to the template, or remove the parameter");
        }
    }

    private static Template TemplateOf(AttributeData attribute) => new(attribute.ConstructorArguments.FirstOrDefault().Value as string ?? "");

    private static ImmutableArray<IParameterSymbol> Parameters(ISymbol member) => member is IMethodSymbol method ? method.Parameters : [];

    private static bool IsPartial(ISymbol member) => member switch
    {
        IMethodSymbol method => method.IsPartialDefinition,
        IPropertySymbol property => property.IsPartialDefinition,
        _ => false,
    };

    private static bool IsChannel(ITypeSymbol type) =>
        type.MetadataName == "PeerChannel`1" && type.ContainingNamespace.ToDisplayString() == "Peers";

    private static bool IsText(ITypeSymbol type) =>
        type.SpecialType == SpecialType.System_String && type.NullableAnnotation != NullableAnnotation.Annotated;

    private static bool IsFormattable(ITypeSymbol type) =>
        type.NullableAnnotation != NullableAnnotation.Annotated
        && (type.TypeKind == TypeKind.Enum || type.AllInterfaces.Any(i => i.ToDisplayString() == "System.IFormattable"));

    private static string Argument(IParameterSymbol parameter)
    {
        var name = TypeNames.Escape(parameter.Name);
        return IsText(parameter.Type) ? name : $"global::Peers.ChannelTemplate.Text({name})";
    }

    private static string Declaration(ISymbol member, CancellationToken cancellation)
    {
        var syntax = (MemberDeclarationSyntax)member.DeclaringSyntaxReferences[0].GetSyntax(cancellation);
        var modifiers = string.Join(" ", syntax.Modifiers.Select(m => m.ValueText));
        if (member is IPropertySymbol property) return $"{modifiers} {property.Type.Full()} {TypeNames.Escape(member.Name)}";

        var method = (IMethodSymbol)member;
        var typeParameters = method.IsGenericMethod ? $"<{string.Join(", ", method.TypeParameters.Select(p => p.Name))}>" : "";
        var parameters = method.Parameters.Select(p => $"{RefKindOf(p)}{p.Type.Full()} {TypeNames.Escape(p.Name)}");
        return $"{modifiers} {method.ReturnType.Full()} {TypeNames.Escape(member.Name)}{typeParameters}({string.Join(", ", parameters)})";
    }

    private static string? Setter(ISymbol member, CancellationToken cancellation)
    {
        var setter = (member as IPropertySymbol)?.SetMethod?.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation);
        return setter is AccessorDeclarationSyntax accessor ? $"{accessor.Modifiers} {accessor.Keyword.ValueText}".TrimStart() : null;
    }

    private static string RefKindOf(IParameterSymbol parameter) => parameter.RefKind switch
    {
        RefKind.Ref => "ref ",
        RefKind.Out => "out ",
        RefKind.In => "in ",
        RefKind.RefReadOnlyParameter => "ref readonly ",
        _ => "",
    };
}
