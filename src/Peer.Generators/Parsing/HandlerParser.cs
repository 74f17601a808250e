using Microsoft.CodeAnalysis;

namespace Peers.Generators;

/// <summary>Reads a handler: the class, its constructor, its hooks, and the channels that its peers join.</summary>
internal static class HandlerParser
{
    /// <summary>Whether a type is a handler: marked so, or with a hook of its own. An abstract class with hooks only lends them.</summary>
    public static bool IsHandler(INamedTypeSymbol type) =>
        type.HasAttribute(KnownNames.PeerHandler) || (!LendsHooks(type) && HookParser.Declared(type).Any());

    /// <summary>Whether a type's hooks are only those of the handlers derived from it.</summary>
    public static bool LendsHooks(INamedTypeSymbol type) =>
        type is { TypeKind: TypeKind.Class, IsAbstract: true, IsStatic: false } && !type.HasAttribute(KnownNames.PeerHandler);

    /// <summary>Checks the hooks that a type lends.</summary>
    public static void CheckLent(INamedTypeSymbol type, Problems problems, CancellationToken cancellation)
    {
        Hooks(type, null, problems, cancellation);
        if (!Inheritance.IsOpen(type)) return;

        // The compiler of another assembly does not see these at all, so this is the only place to say it.
        foreach (var member in HookParser.Declared(type).Concat(JoinParser.Members(type)))
        {
            var isHidden = member.DeclaredAccessibility is Accessibility.Internal or Accessibility.ProtectedAndInternal;
            if (!isHidden || !SymbolEqualityComparer.Default.Equals(member.ContainingType, type)) continue;

            var how = member.DeclaredAccessibility == Accessibility.Internal ? "internal" : "private protected";
            problems.Warn(Rules.HiddenFromOtherAssemblies, member, $"{type.Name}.{member.Name}", how, type.Name);
        }
    }

    /// <summary>The model, or null where a type can be no handler at all.</summary>
    public static HandlerModel? Parse(INamedTypeSymbol type, Problems problems, CancellationToken cancellation)
    {
        if (type.TypeKind != TypeKind.Class || type.IsStatic)
        {
            problems.Add(Rules.HandlerCannotBeCreated, type, type.Short(), "is not a class that has instances", "Make it a partial class");
            return null;
        }
        if (TypeShellParser.FindNotPartial(type, cancellation) is { } notPartial)
        {
            problems.AddEarly(Rules.HandlerNotPartial, notPartial, type.Short(), notPartial.Name);
        }

        var route = RouteOf(type);
        if (route?.Error is { } error)
        {
            problems.Add(Rules.UnreadableRoute, type, type.Name, route.Pattern, error);
            route = null;
        }
        var constructor = ConstructorParser.Parse(type, problems);
        var hooks = Hooks(type, route, problems, cancellation);
        var joins = JoinParser.Parse(type, route, problems);
        if (problems.Any) return HandlerModel.Invalid;

        var values = hooks.SelectMany(h => h.Parameters).Where(p => p.Route is not null).Select(p => p.Route!)
            .Concat(joins.SelectMany(j => j.RouteValues))
            .Distinct();
        return new(true, route?.Pattern, constructor, hooks.ToEquatableArray(), joins.ToEquatableArray(), values.ToEquatableArray(), UsesObsolete(type));
    }

    private static bool UsesObsolete(INamedTypeSymbol type) =>
        HookParser.Inherited(type).Any(Obsolete.Is) || type.InstanceConstructors.Any(Obsolete.Is) || JoinParser.Members(type).Any(Obsolete.Is);

    private static Route? RouteOf(INamedTypeSymbol type) =>
        type.FindAttribute(KnownNames.PeerHandler)?.ConstructorArguments.FirstOrDefault().Value is string pattern ? new(pattern) : null;

    private static List<HookModel> Hooks(INamedTypeSymbol type, Route? route, Problems problems, CancellationToken cancellation)
    {
        var hooks = new List<HookModel>();
        var rivals = new HookRivals(type, problems);
        foreach (var method in HookParser.Inherited(type))
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (var attribute in method.GetAttributes())
            {
                if (HookParser.KindOf(attribute) is not { } kind) continue;
                if (HookParser.Parse(type, method, kind, attribute, route, problems) is not { } hook) continue;

                rivals.Check(method, hook);
                hooks.Add(hook);
            }
        }
        return hooks;
    }
}
