using Microsoft.CodeAnalysis;

namespace Peers.Generators;

/// <summary>Reads what each peer of a handler joins before it is open.</summary>
internal static class JoinParser
{
    /// <summary>Channels of base classes first; of each class, those that it names itself, then its members in the order of the source.</summary>
    public static List<JoinModel> Parse(INamedTypeSymbol handler, Route? route, Problems problems)
    {
        var joins = new List<JoinModel>();
        foreach (var (owner, attribute) in Marked(handler))
        {
            var own = new ChannelProblems(owner, problems, handler);
            var join = owner is INamedTypeSymbol ? ClassJoin(attribute, route, own) : MemberJoin(owner, handler, route, own);
            if (join is not null) joins.Add(join);
        }
        return joins;
    }

    /// <summary>What a handler's peers join: its members and its base classes', and the classes themselves.</summary>
    public static IEnumerable<ISymbol> Members(INamedTypeSymbol handler) => Marked(handler).Select(m => m.Owner);

    /// <summary>Checks the channels of a type that has no peers.</summary>
    public static void CheckNobodyJoins(INamedTypeSymbol type, Problems problems)
    {
        foreach (var (owner, _) in MarkedIn(type))
        {
            new ChannelProblems(owner, problems).Member($"is to be joined, but '{type.Name}' is no handler", "Remove Join, or add a hook or [PeerHandler]");
        }
    }

    private static IEnumerable<(ISymbol Owner, AttributeData Attribute)> Marked(INamedTypeSymbol type)
    {
        var inherited = type.BaseType is { SpecialType: not SpecialType.System_Object } parent ? Marked(parent) : [];
        return inherited.Concat(MarkedIn(type));
    }

    // A class only names a channel to have it joined; that it says so is checked later.
    private static IEnumerable<(ISymbol Owner, AttributeData Attribute)> MarkedIn(INamedTypeSymbol type)
    {
        var ofClass = type.GetAttributes().Where(a => a.Is(KnownNames.Channel)).Select(a => ((ISymbol)type, a));
        var ofMembers = ChannelParser.Members(type).Select(m => (m, m.FindAttribute(KnownNames.Channel)!)).Where(m => IsJoin(m.Item2));
        return ofClass.Concat(ofMembers);
    }

    private static bool IsJoin(AttributeData attribute) => attribute.NamedArguments.Any(a => a is { Key: "Join", Value.Value: true });

    private static JoinModel? ClassJoin(AttributeData attribute, Route? route, ChannelProblems problems)
    {
        var template = ChannelParser.TemplateOf(attribute);
        if (template.Error is { } error) problems.Template(error, "Write parameters as {name}");
        else if (!IsJoin(attribute)) problems.Member("has no address and is not joined", "Set Join = true, or move it to a static partial member");
        foreach (var name in template.Names) CheckRoute(name, route, problems);

        return problems.Any ? null : new(null, false, template.Text, template.Names.Select(n => Text(n, route)).ToEquatableArray());
    }

    private static JoinModel? MemberJoin(ISymbol member, INamedTypeSymbol handler, Route? route, ChannelProblems problems)
    {
        var isInherited = !SymbolEqualityComparer.Default.Equals(member.ContainingType, handler);
        if (isInherited && Inheritance.WhyHidden(member, handler) is { } why) problems.Member($"{why}, so that the peers of '{handler.Name}' cannot join it", "Make it protected");

        var values = new List<RouteValueModel>();
        foreach (var parameter in ChannelParser.Parameters(member))
        {
            var name = RouteValueParser.Name(parameter);
            CheckRoute(name, route, problems);
            if (RouteValueParser.Parse(parameter, name, route) is { } value) values.Add(value);
            else if (ChannelMemberCheck.HasText(parameter.Type)) problems.RouteValueConversion(parameter, name);
            else problems.AddReported();
        }
        return problems.Any ? null : new(TypeNames.Escape(member.Name), member is IPropertySymbol, "", values.ToEquatableArray());
    }

    private static void CheckRoute(string name, Route? route, ChannelProblems problems)
    {
        if (route is not null && !route.Has(name)) problems.RouteValue(name, route);
    }

    private static RouteValueModel Text(string name, Route? route) => new(name, null, false, false, route?.AlwaysHas(name) ?? false);
}
