using Microsoft.CodeAnalysis;

namespace Peers.Generators;

/// <summary>Reads what a hook takes, and says what it cannot.</summary>
internal static class HookParameterParser
{
    public static List<HookParameterModel> Parse(IMethodSymbol method, HookKind hook, Route? route, HookProblems problems)
    {
        var parameters = new List<HookParameterModel>();
        foreach (var parameter in method.Parameters)
        {
            if (problems.IsNotImported(parameter)) continue;
            if (parameter.Type.TypeKind == TypeKind.Error) problems.AddReported();
            else if (parameter.RefKind is not (RefKind.None or RefKind.In)) problems.Parameter(parameter, "by reference", "Take it by value");
            else if (Parse(parameter, hook, route, problems) is { } model) parameters.Add(model);
        }
        return parameters;
    }

    private static HookParameterModel? Parse(IParameterSymbol parameter, HookKind hook, Route? route, HookProblems problems)
    {
        if (parameter.HasAttribute(KnownNames.FromRoute)) return RouteValue(parameter, route, problems);
        if (parameter.HasAttribute(KnownNames.FromServices) || parameter.HasAttribute(KnownNames.FromKeyedServices))
        {
            return new(HookParameterKind.Service, TypeNames.Escape(parameter.Name), Service: ServiceParser.Parse(parameter));
        }

        var kind = KindOf(parameter.Type, parameter.ContainingAssembly);
        var isRouteValue = (kind is null or HookParameterKind.Text) && IsUnmarkedRouteValue(parameter, hook, route);
        if (!isRouteValue && kind is { } known && IsTaken(known, hook)) return new(known, TypeNames.Escape(parameter.Name));

        if (hook == HookKind.Error && IsException(parameter.Type)) problems.Parameter(parameter, "which [OnError] does not give", "Take PeerError, which has it as its Exception");
        else if (isRouteValue) problems.UnmarkedRouteValue(parameter, hook, route!);
        else if (kind is null && IsUnmarkedService(parameter, hook)) problems.UnmarkedService(parameter, hook);
        else if (hook == HookKind.Message && kind is null) problems.Payload(parameter);
        else problems.Parameter(parameter, $"which [On{hook}] does not give", $"Take {Given(hook)}, or mark a service [FromServices] and a route value [FromRoute]");
        return null;
    }

    private static HookParameterModel? RouteValue(IParameterSymbol parameter, Route? route, HookProblems problems)
    {
        var name = RouteValueParser.Name(parameter);
        if (route is not null && !route.Has(name))
        {
            problems.RouteValue(parameter, name, route);
            return null;
        }
        if (RouteValueParser.Parse(parameter, name, route) is { } value) return new(HookParameterKind.Route, TypeNames.Escape(parameter.Name), Route: value);

        problems.RouteValueConversion(parameter, name);
        return null;
    }

    // The route has its name, and it is not what the hook takes anyway.
    private static bool IsUnmarkedRouteValue(IParameterSymbol parameter, HookKind hook, Route? route) =>
        route?.Has(parameter.Name) == true
        && RouteValueParser.Parse(parameter, parameter.Name, route) is not null
        && (hook != HookKind.Message || HasOtherPayload(parameter));

    // An interface is never a payload; a class is none where there is one already.
    private static bool IsUnmarkedService(IParameterSymbol parameter, HookKind hook) => parameter.Type switch
    {
        { TypeKind: TypeKind.Interface or TypeKind.Delegate } => true,
        { TypeKind: TypeKind.Class, IsRecord: false } => hook != HookKind.Message || HasOtherPayload(parameter),
        _ => false,
    };

    private static bool HasOtherPayload(IParameterSymbol parameter) =>
        ((IMethodSymbol)parameter.ContainingSymbol).Parameters.Any(p => p.Ordinal != parameter.Ordinal && !IsMarked(p) && KindOf(p.Type, p.ContainingAssembly) >= HookParameterKind.Message);

    private static bool IsException(ITypeSymbol type)
    {
        for (var t = type; t is not null; t = t.BaseType)
        {
            if (t.ToDisplayString(TypeNames.Namespace) == "System.Exception") return true;
        }
        return false;
    }

    private static bool IsMarked(IParameterSymbol parameter) =>
        parameter.HasAttribute(KnownNames.FromRoute) || parameter.HasAttribute(KnownNames.FromServices) || parameter.HasAttribute(KnownNames.FromKeyedServices);

    private static HookParameterKind? KindOf(ITypeSymbol type, IAssemblySymbol assembly) => type.ToDisplayString(TypeNames.Namespace) switch
    {
        "Peers.Peer" => HookParameterKind.Peer,
        "Peers.UpgradeRequest" => HookParameterKind.Request,
        "Microsoft.AspNetCore.Http.HttpContext" => HookParameterKind.HttpContext,
        "System.Threading.CancellationToken" => HookParameterKind.Cancellation,
        "Peers.CloseEvent" => HookParameterKind.CloseEvent,
        "Peers.PeerError" => HookParameterKind.PeerError,
        "Peers.ChannelGap" => HookParameterKind.ChannelGap,
        "Peers.Message" => HookParameterKind.RawMessage,
        "string" => HookParameterKind.Text,
        "System.ReadOnlySpan<byte>" => HookParameterKind.Span,
        "System.ReadOnlyMemory<byte>" => HookParameterKind.Memory,
        "System.Buffers.ReadOnlySequence<byte>" => HookParameterKind.Sequence,
        _ => MessageTypes.NameOf(type, assembly) is null ? null : HookParameterKind.Message,
    };

    private static bool IsTaken(HookParameterKind kind, HookKind hook) => kind switch
    {
        HookParameterKind.Cancellation => true,
        HookParameterKind.Peer => hook != HookKind.Upgrade,
        HookParameterKind.Request or HookParameterKind.HttpContext => hook == HookKind.Upgrade,
        HookParameterKind.CloseEvent => hook == HookKind.Close,
        HookParameterKind.PeerError => hook == HookKind.Error,
        HookParameterKind.ChannelGap => hook == HookKind.Gap,
        HookParameterKind.Message or HookParameterKind.Text or HookParameterKind.RawMessage => hook == HookKind.Message,
        _ => hook is HookKind.Message or HookKind.Ping or HookKind.Pong,
    };

    private static string Given(HookKind hook) => hook switch
    {
        HookKind.Upgrade => "UpgradeRequest, HttpContext or CancellationToken",
        HookKind.Message => "Peer, one payload or CancellationToken",
        HookKind.Close => "Peer, CloseEvent or CancellationToken",
        HookKind.Error => "Peer, PeerError or CancellationToken",
        HookKind.Gap => "Peer, ChannelGap or CancellationToken",
        HookKind.Ping or HookKind.Pong => "Peer, ReadOnlyMemory<byte> or CancellationToken",
        _ => "Peer or CancellationToken",
    };
}
