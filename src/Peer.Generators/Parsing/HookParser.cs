using Microsoft.CodeAnalysis;

namespace Peers.Generators;

/// <summary>Reads a hook: which it is, what it takes, what it returns.</summary>
internal static class HookParser
{
    /// <summary>The hooks that a type declares itself.</summary>
    public static IEnumerable<IMethodSymbol> Declared(INamedTypeSymbol type) =>
        type.GetMembers().OfType<IMethodSymbol>().Where(m => m.GetAttributes().Any(a => KindOf(a) is not null)).InSourceOrder();

    /// <summary>The hooks of a type and of its base classes, those of the base first. An override counts once, where it was first declared.</summary>
    public static IReadOnlyList<IMethodSymbol> Inherited(INamedTypeSymbol type)
    {
        var hooks = type.BaseType is { SpecialType: not SpecialType.System_Object } parent ? [.. Inherited(parent)] : new List<IMethodSymbol>();
        foreach (var hook in Declared(type))
        {
            if (hook.OverriddenMethod is null || !hooks.Exists(h => Overrides(hook, h))) hooks.Add(hook);
        }
        return hooks;
    }

    /// <summary>The hook that an attribute stands for, or null.</summary>
    public static HookKind? KindOf(AttributeData attribute) => attribute.AttributeClass?.Name switch
    {
        "OnUpgradeAttribute" when attribute.Is(KnownNames.OnUpgrade) => HookKind.Upgrade,
        "OnOpenAttribute" when attribute.Is(KnownNames.OnOpen) => HookKind.Open,
        "OnMessageAttribute" when attribute.Is(KnownNames.OnMessage) => HookKind.Message,
        "OnCloseAttribute" when attribute.Is(KnownNames.OnClose) => HookKind.Close,
        "OnErrorAttribute" when attribute.Is(KnownNames.OnError) => HookKind.Error,
        "OnDrainAttribute" when attribute.Is(KnownNames.OnDrain) => HookKind.Drain,
        "OnGapAttribute" when attribute.Is(KnownNames.OnGap) => HookKind.Gap,
        "OnPingAttribute" when attribute.Is(KnownNames.OnPing) => HookKind.Ping,
        "OnPongAttribute" when attribute.Is(KnownNames.OnPong) => HookKind.Pong,
        _ => null,
    };

    /// <summary>The hook that a method is, by its own attribute or by that of the method it overrides; null where it is none.</summary>
    public static HookKind? KindOf(IMethodSymbol method)
    {
        for (var m = method; m is not null; m = m.OverriddenMethod)
        {
            foreach (var attribute in m.GetAttributes())
            {
                if (KindOf(attribute) is { } kind) return kind;
            }
        }
        return null;
    }

    /// <summary>Whether an attribute asks for authorization.</summary>
    public static bool IsAuthorization(AttributeData attribute) =>
        attribute.AttributeClass?.AllInterfaces.Any(i => i.ToDisplayString() == "Microsoft.AspNetCore.Authorization.IAuthorizeData") == true;

    /// <summary>How diagnostics call a hook.</summary>
    public static string HookName(this IMethodSymbol method) => $"{method.ContainingType.Name}.{method.Name}";

    /// <summary>The model, or null where something is wrong with the hook.</summary>
    public static HookModel? Parse(INamedTypeSymbol handler, IMethodSymbol method, HookKind kind, AttributeData attribute, Route? route, Problems problems)
    {
        var own = new HookProblems(method, handler, problems);
        if (method.MethodKind != MethodKind.Ordinary)
        {
            own.Signature("is no ordinary method, so that it cannot be called by its name", "Write a method of its own");
            return null;
        }

        CheckMethod(handler, method, own);
        if (method.IsGenericMethod) return null;

        CheckMessages(method, own);
        var parameters = HookParameterParser.Parse(method, kind, route, own);
        var returns = HookReturnParser.Parse(method, kind, own);
        var takes = HookPayload.Takes(kind, attribute, parameters, own);
        if (returns is { Shape: ReturnShape.Stream }) StreamHookCheck.Check(method, parameters, own);
        if (own.Any) return null;

        return new(
            kind, method.ContainingType.Full(), TypeNames.Escape(method.Name), method.IsStatic, HookSignature.Of(method, attribute), takes,
            HookPayload.Message(method, parameters), parameters.ToEquatableArray(), returns!, IsCovered(handler, method));
    }

    private static void CheckMethod(INamedTypeSymbol handler, IMethodSymbol method, HookProblems problems)
    {
        if (method.IsGenericMethod) problems.Signature("has type parameters", "Take one message type, and write a hook for each");
        if (method.IsAsync && method.ReturnsVoid) problems.AsyncVoid();

        var isCalledByDerived = HandlerParser.LendsHooks(handler) || !SymbolEqualityComparer.Default.Equals(method.ContainingType, handler);
        if (isCalledByDerived && Inheritance.WhyHidden(method, handler) is { } why) problems.Hidden(why);

        var authorize = method.GetAttributes().FirstOrDefault(IsAuthorization);
        if (authorize is not null) problems.Authorize(authorize);
    }

    // A message that the compiler could not complete is reported once, where it is declared.
    private static void CheckMessages(IMethodSymbol method, HookProblems problems)
    {
        var types = method.Parameters.Select(p => p.Type).Append(HookReturnParser.ValueOf(method) ?? method.ReturnType);
        if (types.Any(t => MessageName.Of(t) is not null && !MessageName.IsCompleted(t))) problems.AddReported();
    }

    private static bool IsCovered(INamedTypeSymbol handler, IMethodSymbol method)
    {
        for (var t = handler; t is not null && !SymbolEqualityComparer.Default.Equals(t, method.ContainingType); t = t.BaseType)
        {
            if (t.GetMembers(method.Name).Any(m => m is not IMethodSymbol other || !Overrides(other, method))) return true;
        }
        return false;
    }

    private static bool Overrides(IMethodSymbol hook, IMethodSymbol inherited)
    {
        for (var m = hook.OverriddenMethod; m is not null; m = m.OverriddenMethod)
        {
            if (SymbolEqualityComparer.Default.Equals(m, inherited)) return true;
        }
        return false;
    }
}
